// Two official clients that talk over a real server: an outbox with cids, versions, sync. One line of JSON about each step.
import { io } from "socket.io-client"

const [address, given] = process.argv.slice(2)
const { customer, member, conversation_id } = JSON.parse(given)

function begin(token, options = {}) {
  const socket = io(`${address}/chat`, { auth: { token }, transports: ["websocket"], forceNew: true, ...options })
  socket.told = []
  socket.onAny((event, payload) => socket.told.push([event, payload]))
  socket.ask = (event, body) => socket.timeout(5000).emitWithAck(event, body)
  return socket
}

/** The next that the server says by this name. */
async function hear(socket, event, where = () => true) {
  for (let tries = 0; tries < 500; tries += 1) {
    const at = socket.told.findIndex(([name, payload]) => name === event && where(payload))
    if (at >= 0) return socket.told.splice(at, 1)[0][1]
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`${event} was not told`)
}

function tell(step, value) {
  console.log(JSON.stringify({ step, value }))
}

let count = 0
const line = (text, cid = `cid-of-node-${(count += 1)}`) => ({ conversation_id, cid, body: { text } })

const buyer = begin(customer)
const owners = []
// Connections go to the workers as they come: with several of them both workers have some.
for (let n = 0; n < 6; n += 1) owners.push(begin(member))
const sessions = await Promise.all([buyer, ...owners].map((socket) => hear(socket, "session")))
tell("readers", sessions.map((session) => session.reader_id))

const sent = await buyer.ask("msg:send", line("Is it blue?"))
tell("sent", [sent.message.seq, sent.message.ver, sent.is_duplicate])
const heard = await Promise.all(owners.map((socket) => hear(socket, "msg:new")))
tell("heard", heard.map(({ message }) => [message.id === sent.message.id, message.cid, message.body.text]))
tell("inbox", (await hear(owners[0], "inbox")).total_unread)

const again = await buyer.ask("msg:send", line("Is it blue?", sent.message.cid))
tell("sent again", [again.message.id === sent.message.id, again.is_duplicate])
const conflict = await buyer.ask("msg:send", line("Is it red?", sent.message.cid))
tell("conflict", conflict.code)

// The line breaks; the client comes back by itself and asks for what it has missed.
const closed = new Promise((resolve) => buyer.once("disconnect", resolve))
buyer.io.engine.close()
tell("broken", await closed)
const back = new Promise((resolve) => buyer.once("connect", resolve))
await owners[1].ask("msg:send", line("As the sea."))
await owners[2].ask("msg:edit", {
  conversation_id,
  message_id: (await owners[1].ask("history", { conversation_id })).messages.at(-1).id,
  body: { text: "As the deep sea." },
})
await back
const missed = await buyer.ask("sync", { conversations: [{ conversation_id, after_ver: sent.message.ver }], inbox_after: 0 })
const [found] = missed.conversations
tell("missed", { texts: found.messages.map((message) => message.body.text), ver: found.ver, total: missed.total_unread })

const read = await buyer.ask("receipt", { conversation_id, read_seq: 2 })
tell("read", [read.unread, read.total_unread])
tell("seen", (await hear(owners[5], "receipt", ({ receipt }) => receipt.read_seq === 2)).receipt.delivered_seq)
await buyer.ask("typing", { conversation_id, is_typing: true })
tell("typing", (await hear(owners[4], "typing")).is_typing)
const gone = await buyer.ask("msg:delete", { conversation_id, message_id: sent.message.id })
tell("deleted", [gone.message.body, (await hear(owners[3], "msg:upd", ({ message }) => message.seq === 1)).message.body])

await fetch(`${address}/auth/session`, { method: "DELETE", headers: { authorization: `Bearer ${customer}` } })
tell("revoked", await new Promise((resolve) => (buyer.connected ? buyer.once("disconnect", resolve) : resolve("gone"))))
process.exit(0)
