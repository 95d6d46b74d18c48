// Offers a service under the identity's own name, and says back what it hears.   node echo-host.ts <identity> [service]
import { createContext } from 'chat-p2p'

const [identity = 'user2', service = 'chat-p2p'] = process.argv.slice(2)
await using context = await createContext(identity)
context.on('warning', (warning) => console.error(warning.message)) // a call that went wrong, for example

const listener = await context.listen(service)
listener.on('dial', async (dial) => {
  console.log(`${dial.caller.name} calls`)
  const connection = await dial.accept()
  for await (const bytes of connection) await connection.write(bytes)
  await connection.close()
})
await listener.established()
console.log(`${listener.instanceId}@${service} can be called`)

await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
