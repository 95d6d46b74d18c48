/** The test that runs, or compares, what a block shows: its file, and words of its title. */
export interface CoveredBy {
  test: string
  title: string
}

const quickstart = 'test/e2e/quickstart.test.ts'
const setup: CoveredBy = { test: 'test/e2e/setup.test.ts', title: 'every flag arrives' }
const chats: CoveredBy = { test: 'test/e2e/chat.test.ts', title: 'play the transcript' }
const ssh = 'test/e2e/ssh.test.ts'
const scp: CoveredBy = { test: ssh, title: 'scp in progress goes on when the relay that carries it is killed' }
const transcripts = 'test/e2e/shown-transcripts.test.ts'
const newService: CoveredBy = { test: transcripts, title: 'a service that is new, who may offer and call it' }
const twoChats: CoveredBy = { test: 'test/e2e/shown-chat.test.ts', title: 'see what docs/chat.md shows, line by line' }
const rendezvous: CoveredBy = { test: 'test/e2e/shown-rendezvous.test.ts', title: 'who meet by a word' }
const withGo: CoveredBy = {
  test: 'test/interop/rendezvous/rendezvous.test.ts',
  title: 'three people at terminals, one of them with go',
}
const nginx: CoveredBy = {
  test: 'test/node/net/websockets.test.ts',
  title: 'nginx in front of it does as well, and says who connects',
}
const operator: CoveredBy = { test: 'test/e2e/directory-operator.test.ts', title: 'an operator sees' }

/**
 * Every code block of README.md and docs/ that is not `ts`, by its document and first line, and the test that holds it. Whoever
 * shows a new one adds it here, together with the test; `test/unit/shown-blocks.test.ts` fails for one that is missing or gone.
 */
export const covered: Record<string, CoveredBy> = {
  'README.md: npm ci --ignore-scripts': {
    test: 'test/e2e/install.test.ts',
    title: 'line by line, as the README says',
  },
  'README.md: npm start': { test: quickstart, title: 'one command makes a network' },
  'README.md: npm run demo': { test: quickstart, title: 'the demo shows a whole conversation' },
  "README.md: $ scp backup.tar server1:copy.tar         # and after three seconds, on the relay's machine: kill -9 the relay":
    scp,
  'README.md: [   7.116]    INFO server1: #1 admin (12D3KooWD1HF3S3aGA14ao55PecTkEthSwr7dXVNgq3bzpzo9v12) connected, via relay3':
    scp,
  'README.md: chat-p2p setup --relay-host a.example,b.example,c.example --users ann': {
    test: 'test/unit/cli/setup-text.test.ts',
    title: 'it says which file goes where, and which port to open',
  },
  'README.md: $ chat-p2p invite bob --role chat': {
    test: transcripts,
    title: 'an invitation and a join say what the README shows',
  },
  'README.md: chat-p2p -i ann             # chat: /connect bob lunch?   /accept   /list   /help': chats,
  "README.md: chat-p2p network publish --service ssh --bind '#server' --dial '#admin'   # once, where the authority is":
    {
      test: ssh,
      title: 'a command runs on the machine that was named',
    },
  'docs/chat.md: [   0.000]    INFO main.(*chatPeerToPeer).run: registering to service chat-p2p': twoChats,
  "docs/chat.md: Incoming connection from user1 with appData 'hi there'. Type /accept to accept the connection or /decline to decline it":
    twoChats,
  "docs/chat.md: printf '/connect echo\\nhello\\n/bye\\n' | npx chat-p2p -i user3": {
    test: 'test/e2e/chat.test.ts',
    title: 'connects, says something, reads the answers and is done',
  },
  'docs/direct.md: sequenceDiagram': {
    test: 'test/harness/nat.test.ts',
    title: 'sessions get through NATs that keep ports',
  },
  'docs/operate.md: npx chat-p2p setup --users ann,bob,server1 --relays 3 --relay-host 127.0.0.1 --relay-base-port 4001':
    setup,
  "docs/operate.md: npx chat-p2p relay -i relay1        # on each relay's machine; likewise relay2, relay3": chats,
  'docs/operate.md: chat-p2p invite bob --role chat          # prints one line; --expires 7d, --grant instance@service':
    {
      test: 'test/node/cli/join.test.ts',
      title: 'one line makes a member',
    },
  'docs/operate.md: chat-p2p identity renew --all            # or names; --days 700, --role to change roles the same way':
    {
      test: 'test/node/cli/renew.test.ts',
      title: 'what lies here is renewed in its file',
    },
  "docs/operate.md: chat-p2p identity renewal-key relay-key.json      # --names 'server*', --expires 365d, --days 365; --list":
    {
      test: 'test/node/cli/renew.test.ts',
      title: 'a relay with a renewal key renews who is about to end',
    },
  'docs/operate.md: chat-p2p network rotate-authority --prepare       # makes identities/authority-next.json': {
    test: 'test/unit/cli/rotate.test.ts',
    title: 'the key that was named goes on where the other one was',
  },
  'docs/operate.md: chat-p2p network rotate-authority                 # --leaked when somebody else may have the old key':
    {
      test: 'test/node/cli/rotate.test.ts',
      title: 'a leaked key is replaced while everybody is connected',
    },
  'docs/operate.md: chat-p2p identity passphrase authority            # sets or changes it; --remove takes it away': {
    test: 'test/unit/cli/passphrase.test.ts',
    title: 'asked for with every command that signs',
  },
  'docs/operate.md: [Service]': {
    test: 'test/e2e/passphrase.test.ts',
    title: 'as a credential of systemd through a descriptor',
  },
  'docs/operate.md: chat-p2p network publish --relay relay1=/dns/relay1.example/tcp/4001 --relay relay1=/dns/relay1.example/tcp/443/tls/ws':
    { test: 'test/node/net/websockets.test.ts', title: 'a relay that has a certificate listens for it by itself' },
  'docs/operate.md: chat-p2p relay -i /etc/chat-p2p/relay1.json --metrics 127.0.0.1:9100 --install     # as root; likewise host …':
    {
      test: 'test/unit/cli/install.test.ts',
      title: 'relay --install makes a unit of the same command line',
    },
  'docs/operate.md: $ chat-p2p netcheck -i user1': {
    test: 'test/node/cli/netcheck.test.ts',
    title: 'says of each relay and each address whether it is reached',
  },
  'docs/operate.md: location /chat-p2p {': nginx,
  'docs/operate.md: chat-p2p network publish --relay relay1=/dns/relay1.example/tcp/4001 --relay relay1=/dns/relay1.example/tcp/443/tls/ws/http-path/chat-p2p':
    nginx,
  'docs/operate.md: chat-p2p network adopt': {
    test: 'test/node/cli/authority.test.ts',
    title: 'until adopt joins them',
  },
  'docs/operate.md: chat-p2p network inspect -i user1 [--json]   # every relay: tables, versions, feeds, terminators per service':
    operator,
  'docs/rendezvous.md: $ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6666': rendezvous,
  'docs/rendezvous.md: $ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6668 -peer /ip4/127.0.0.1/tcp/6666/p2p/12D3KooWQzoD4dqMxDkfRkzPuXYVZ8o69NzheYJyV1Gs8LtKrtSm':
    rendezvous,
  'docs/rendezvous.md: $ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6666 -peer …': withGo,
  'docs/rendezvous.md: $ chat-p2p rendezvous -listen /ip4/127.0.0.1/tcp/6668 -peer /ip4/127.0.0.1/tcp/6666/p2p/12D3KooWPinK8265BYPBJWM5eLqayZUzHGgsvH9u1EivXLmZ2dHe':
    withGo,
  'docs/rendezvous.md: $ go run . -listen /ip4/127.0.0.1/tcp/6670 -peer /ip4/127.0.0.1/tcp/6666/p2p/12D3KooWPinK8265BYPBJWM5eLqayZUzHGgsvH9u1EivXLmZ2dHe':
    withGo,
  'docs/sdk.md: npx chat-p2p host ssh --to 127.0.0.1:22 -i server1 --instance fleet --cost 10            # the cheaper one is called':
    { test: 'test/e2e/forward.test.ts', title: 'the next host answers' },
  "docs/ssh.md: $ chat-p2p network publish --service ssh --bind '#server' --dial '#admin'": newService,
  'docs/ssh.md: $ chat-p2p host ssh --to 127.0.0.1:22 -i server1': newService,
  'docs/ssh.md: Host server*': { test: ssh, title: 'a command runs on the machine that was named' },
  'docs/ssh.md: $ ssh server1 uptime': scp,
  'docs/ssh.md: [   2.746]    INFO server1: #2 admin (12D3KooWD1HF3S3aGA14ao55PecTkEthSwr7dXVNgq3bzpzo9v12) connected, via relay3':
    scp,
  'docs/ssh.md: $ ssh server7': { test: ssh, title: 'ssh fails with the reason when the machine is not there' },
}

/** How a `ts` block is run, when it is no whole program by itself or needs somebody to talk to. */
export interface ProgramRun {
  /** Stands in front of it, and behind it. */
  before?: string
  after?: string
  /** What it has to print, and nothing goes to stderr. */
  prints?: RegExp
  /** Who calls it while it runs, and what it answers. */
  caller?: { dials: { service: string; instanceId: string; appData: string; answer: string } }
}

/** Every `ts` block, by its document and first lines of code that tell it from the others. */
export const programs: Array<ProgramRun & { file: string; has: string }> = [
  { file: 'README.md', has: "createContext('identities/user2.json')", prints: /Hello!\n$/ },
  { file: 'docs/sdk.md', has: "createContext('identities/user2.json')", prints: /Hello!\n$/ },
  {
    file: 'docs/sdk.md',
    has: 'for await (const dial of listener)',
    caller: { dials: { service: 'chat-p2p', instanceId: 'user3', appData: 'sesame', answer: 'welcome, caller' } },
  },
  { file: 'docs/sdk.md', has: 'createHttpAgent(context)', prints: /^you asked for \/hello\n$/ },
  { file: 'docs/sdk.md', has: 'parseIdentity(process.env', prints: /^user1 test\n$/ },
  { file: 'docs/sdk.md', has: 'startTestNetwork(', prints: /^still there\n$/ },
  { file: 'docs/sdk.md', has: 'startRelay(', prints: /^relay9 1\n$/ },
  {
    file: 'docs/sdk.md',
    has: "context.listen('ssh', { instanceId: 'fleet'",
    before:
      "import { createContext } from 'chat-p2p'\nconst context = await createContext('identities/server1.json')\n",
    after: '\nawait listener.established()\nawait context.close()\n',
  },
]
