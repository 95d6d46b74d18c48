// Lets in who has a role, and only with the word they were told.   node admit-by-role.ts <identity> <service> <role> <word>
import { createContext } from 'chat-p2p'

const [identity = 'server1', service = 'vault', role = 'admin', word = 'sesame'] = process.argv.slice(2)
await using context = await createContext(identity)
const listener = await context.listen(service)
await listener.established()
console.log(`${listener.instanceId}@${service} can be called`)

// Nobody states who they are: name and roles are those of a certificate that the caller has proved to hold.
for await (const dial of listener) {
  const { name, roles } = dial.caller
  if (!roles.includes(role)) dial.decline(`only for ${role}`)
  else if (Buffer.from(dial.appData).toString() !== word) dial.decline('that is not the word')
  else {
    const connection = await dial.accept()
    await connection.write(Buffer.from(`welcome, ${name}`))
    await connection.close()
    if (word === 'last') break // for a test: one guest is enough
  }
}
