// An HTTP server without a port, and a request to it by name.   node http-over-connection.ts <host> <dialer> [service]
import { createServer, get } from 'node:http'
import { createContext, createHttpAgent } from 'chat-p2p'

const [hostIdentity = 'web1', dialerIdentity = 'user1', service = 'web'] = process.argv.slice(2)
await using host = await createContext(hostIdentity)
const server = createServer((request, response) => response.end(`you asked ${request.headers.host} for ${request.url}\n`))
const listener = await host.listen(service)
listener.on('dial', async (dial) => {
  const connection = await dial.accept()
  server.emit('connection', connection.toDuplex())
})
await listener.established()

await using dialer = await createContext(dialerIdentity)
const agent = createHttpAgent(dialer)
const answer = await new Promise<string>((resolve, reject) => {
  get(`http://${listener.instanceId}.${service}/hello`, { agent }, async (response) => {
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    resolve(text)
  }).on('error', reject)
})
process.stdout.write(answer)
agent.destroy()
