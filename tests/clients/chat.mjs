// The official client: what it is given for a token, and what it is refused. One line of JSON about each step.
import { io } from "socket.io-client"

const [address, given] = process.argv.slice(2)
const { tokens, revoke } = JSON.parse(given)

function begin(auth, options = {}) {
  return io(`${address}/chat`, { auth, forceNew: true, reconnection: false, ...options })
}

/** Connected, or what the refusal says. */
function outcome(socket) {
  return new Promise((resolve) => {
    socket.once("connect", () => resolve({ connected: true }))
    socket.once("connect_error", (error) => resolve({ message: error.message, data: error.data ?? null }))
  })
}

function tell(step, value) {
  console.log(JSON.stringify({ step, value }))
}

for (const [name, token] of Object.entries(tokens)) {
  const socket = begin({ token })
  tell(`connect ${name}`, await outcome(socket))
  if (socket.connected) tell(`whoami ${name}`, await socket.timeout(5000).emitWithAck("whoami"))
  socket.disconnect()
}
const nobody = begin({})
tell("connect without a token", await outcome(nobody))
const curious = begin({ token: tokens.customer, admin: true })
tell("connect with unknown keys", await outcome(curious))

const socket = begin({ token: tokens.customer })
await outcome(socket)
tell("transport", await new Promise((resolve) => {
  const { engine } = socket.io
  if (engine.transport.name === "websocket") resolve("websocket")
  else engine.once("upgrade", (transport) => resolve(transport.name))
}))
const ask = (...event) => socket.timeout(5000).emitWithAck(...event)
tell("ping", await ask("ping", { echo: "hello" }))
tell("unknown keys", await ask("ping", { echo: "hello", admin: true }))
tell("unknown event", await ask("nothing", {}))
const acks = []
for (let count = 0; count < 150; count += 1) acks.push(ask("ping", {}))
const late = (await Promise.all(acks)).filter((ack) => ack.code)
tell("over the rate", { refused: late.length, ack: late.at(-1) })
socket.disconnect()

const leaving = begin({ token: tokens.member })
await outcome(leaving)
const ended = new Promise((resolve) => leaving.once("disconnect", resolve))
await fetch(`${address}${revoke}`, { method: "DELETE", headers: { authorization: `Bearer ${tokens.member}` } })
tell("revoked while connected", await ended)
const again = begin({ token: tokens.member })
tell("revoked", await outcome(again))
process.exit(0)
