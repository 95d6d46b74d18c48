// A go-libp2p peer that behaves on the network as go's chat-with-rendezvous does, written for the tests beside it.
//
// What it keeps of that program, because the tests are about it: its flags and their defaults; a DHT in automatic mode,
// which stays a client on a private network; one look-up, a second after the start; one writer per stream, and a line from
// standard input goes to one of them and not to all; text followed by two line feeds; empty lines skipped; and a crash
// as soon as a chat stream ends or breaks.
//
// What it does differently: it says what happens in lines that a test can read, `<what> <detail>`; its writers take turns,
// rather than race for the next line; and when standard input ends it goes on listening.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/discovery/routing"
	"github.com/libp2p/go-libp2p/p2p/discovery/util"
	"github.com/multiformats/go-multiaddr"
)

type multiaddrs []multiaddr.Multiaddr

func (list *multiaddrs) String() string { return fmt.Sprint(*list) }

func (list *multiaddrs) Set(text string) error {
	address, err := multiaddr.NewMultiaddr(text)
	if err == nil {
		*list = append(*list, address)
	}
	return err
}

var output sync.Mutex

func say(what string, detail ...any) {
	output.Lock()
	defer output.Unlock()
	fmt.Println(append([]any{what}, detail...)...)
}

// typed has the lines of standard input. Those who wait for one get it in the order in which they came.
var typed = make(chan string)

func readInput() {
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			return
		}
		typed <- line
	}
}

// chat runs one stream, both directions, until it ends, which ends the process.
func chat(stream network.Stream) {
	remote := stream.Conn().RemotePeer()
	say("stream", strings.ToLower(stream.Stat().Direction.String()), remote)
	go func() {
		lines := bufio.NewReader(stream)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				panic(err)
			}
			if line != "\n" {
				say("line", remote, strconv.Quote(strings.TrimSuffix(line, "\n")))
			}
		}
	}()
	go func() {
		for line := range typed {
			if _, err := stream.Write([]byte(line + "\n")); err != nil {
				panic(err)
			}
			say("sent", remote, len(line))
		}
	}()
}

func run() error {
	var listen, bootstrap multiaddrs
	flag.Var(&listen, "listen", "multiaddr to listen on; may be repeated")
	flag.Var(&bootstrap, "peer", "multiaddr of a bootstrap peer; may be repeated")
	rendezvous := flag.String("rendezvous", "meet me here", "rendezvous point")
	pid := flag.String("pid", "/chat/1.1.0", "chat protocol")
	flag.Parse()
	if len(bootstrap) == 0 {
		for _, address := range dht.DefaultBootstrapPeers {
			bootstrap = append(bootstrap, address)
		}
	}

	ctx := context.Background()
	host, err := libp2p.New(libp2p.ListenAddrs(listen...))
	if err != nil {
		return err
	}
	for _, address := range host.Addrs() {
		say("listening", fmt.Sprintf("%s/p2p/%s", address, host.ID()))
	}
	host.SetStreamHandler(protocol.ID(*pid), chat)
	go readInput()

	peers, err := peer.AddrInfosFromP2pAddrs(bootstrap...)
	if err != nil {
		return err
	}
	kademlia, err := dht.New(ctx, host, dht.BootstrapPeers(peers...))
	if err != nil {
		return err
	}
	if err := kademlia.Bootstrap(ctx); err != nil {
		return err
	}
	time.Sleep(time.Second)

	discovery := routing.NewRoutingDiscovery(kademlia)
	util.Advertise(ctx, discovery, *rendezvous)
	found, err := discovery.FindPeers(ctx, *rendezvous)
	if err != nil {
		return err
	}
	for other := range found {
		if other.ID == host.ID() {
			continue
		}
		stream, err := host.NewStream(ctx, other.ID, protocol.ID(*pid))
		if err != nil {
			say("failed", other.ID, err)
			continue
		}
		chat(stream)
	}
	say("searched")
	select {}
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
