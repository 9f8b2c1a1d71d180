// A customer's whole way through the SDK: register, log in, profile, addresses, a cart from before the login, orders,
// an order handed over, second factors, a new password.
import { createHmac } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { check, equal, has, refused, step } from "./steps.mjs"

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const EMAIL = "grace@example.com"
const FIRST = "a first password", SECOND = "a second password"
const ADDRESS = { first_name: "Grace", last_name: "Buyer", address_1: "2 Market Street", city: "Town", postal_code: "10115", phone: "+4930123456" }

function totp(secret) {
  const bits = [...secret.replace(/=+$/, "")].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("")
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const moment = Buffer.alloc(8)
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac("sha1", key).update(moment).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0")
}

/** The newest mail of a template to an address; mails are files. */
async function mail(folder, template, to, fits = () => true) {
  for (let tries = 0; tries < 500; tries += 1) {
    let names = []
    try { names = readdirSync(folder) } catch { /* none yet */ }
    const found = names.filter((name) => name.endsWith(".json")).map((name) => {
      try { return JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) } catch { return {} }
    }).filter((one) => one.template === template && one.to === to && fits(one))
    if (found.length > 0) return found.at(-1)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`no mail ${template} to ${to}`)
}

export async function people({ sdk, target, region, variant, guestOrder, buy }) {
  const me = { email: EMAIL, password: FIRST }
  let customer
  await step("auth.listProviders", async () => {
    const { providers } = await sdk.auth.listProviders("customer")
    check(providers.some((provider) => provider.id === "emailpass" || provider.identifier === "emailpass"), "emailpass", providers)
  })
  await refused("store.customer.retrieve without a login", 401, /^Unauthorized$/, () => sdk.store.customer.retrieve())
  await refused("store.customer.create without a token", 401, /^Unauthorized$/, () => sdk.store.customer.create({ email: EMAIL }))
  await step("auth.register", async () => {
    check(typeof await sdk.auth.register("customer", "emailpass", me) === "string", "a token")
  })
  await refused("store.customer.retrieve before there is a customer", 401, /^Unauthorized$/, () => sdk.store.customer.retrieve())
  await step("store.customer.create", async () => {
    ;({ customer } = await sdk.store.customer.create({ email: EMAIL, first_name: "Grace", last_name: "Buyer", phone: "+49" }))
    equal([customer.email, customer.has_account, customer.addresses], [EMAIL, true, []], "customer")
  })
  await refused("auth.register of a taken address", 401, /^Identity with email already exists$/, () =>
    sdk.auth.register("customer", "emailpass", { email: EMAIL, password: "some other password" }))
  await refused("auth.login with a wrong password", 401, /^Invalid email or password$/, () =>
    sdk.auth.login("customer", "emailpass", { email: EMAIL, password: "not the password" }))
  await sdk.client.clearToken()
  let cart
  await step("a guest's cart before the login", async () => {
    ;({ cart } = await sdk.store.cart.create({ region_id: region.id, items: [{ variant_id: variant.id, quantity: 1 }] }))
    equal(cart.customer_id, null, "customer_id")
  })
  await step("auth.login", async () => {
    check(typeof await sdk.auth.login("customer", "emailpass", me) === "string", "a token")
  })
  await step("store.customer.retrieve", async () => {
    const { customer: read } = await sdk.store.customer.retrieve({ fields: "*orders" })
    equal([read.id, read.orders], [customer.id, []], "customer")
  })
  await step("store.cart.transferCart", async () => {
    const { cart: mine } = await sdk.store.cart.transferCart(cart.id)
    equal([mine.id, mine.customer_id, mine.email], [cart.id, customer.id, EMAIL], "cart")
  })
  await refused("a customer's cart without his login", 404, /^Cart .*not found/, () =>
    sdk.client.fetch(`/store/carts/${cart.id}`, { headers: { authorization: null } }))
  await step("store.customer.update", async () => {
    const { customer: changed } = await sdk.store.customer.update({ company_name: "Compilers", phone: "+491" })
    equal([changed.company_name, changed.phone, changed.first_name], ["Compilers", "+491", "Grace"], "customer")
  })
  let address
  await step("store.customer.createAddress", async () => {
    const answer = await sdk.store.customer.createAddress({ ...ADDRESS, country_code: target.country, is_default_shipping: true })
    ;[address] = answer.customer.addresses
    equal([address.city, address.is_default_shipping, address.customer_id], ["Town", true, customer.id], "address")
  })
  await step("store.customer.updateAddress", async () => {
    const { customer: changed } = await sdk.store.customer.updateAddress(address.id, { city: "Village" })
    equal(changed.addresses[0].city, "Village", "city")
  })
  await step("store.customer.listAddress", async () => {
    const { addresses, count, limit } = await sdk.store.customer.listAddress({ limit: 10 })
    equal([addresses.map((one) => one.id), count, limit], [[address.id], 1, 10], "addresses")
  })
  await step("store.customer.retrieveAddress", async () => {
    equal((await sdk.store.customer.retrieveAddress(address.id)).address.city, "Village", "city")
  })
  await refused("store.customer.retrieveAddress of an unknown one", 404, /^Address with id: cuaddr_01NOSUCH was not found$/, () =>
    sdk.store.customer.retrieveAddress("cuaddr_01NOSUCH"))
  let order
  await step("a customer's order", async () => {
    order = await buy(cart.id)
    equal(order.email, EMAIL, "email")
  })
  await step("store.order.list", async () => {
    const { orders, count } = await sdk.store.order.list({
      limit: 10, offset: 0, order: "-created_at", fields: "*items,+items.metadata,*items.variant,*items.product",
    })
    equal([orders.map((one) => one.id), count], [[order.id], 1], "orders")
    has(orders[0].items[0], ["title", "thumbnail", "variant", "product", "quantity", "total"], "item")
  })
  await refused("store.order.requestTransfer of one's own order", 400, /already belongs to customer/, () =>
    sdk.store.order.requestTransfer(order.id))
  await step("store.order.requestTransfer", async () => {
    const { order: asked } = await sdk.store.order.requestTransfer(guestOrder.id, {}, { fields: "id, email" })
    equal([asked.id, asked.email], [guestOrder.id, guestOrder.email], "order")
  })
  const letter = (not = []) => mail(target.outbox, "order-transfer", guestOrder.email, (one) => one.data.order_id === guestOrder.id && !not.includes(one.data.token))
  await refused("store.order.acceptTransfer with a wrong token", 400, /^Invalid token\.$/, () =>
    sdk.store.order.acceptTransfer(guestOrder.id, { token: "wrong" }))
  const tokens = []
  await step("store.order.declineTransfer", async () => {
    tokens.push((await letter()).data.token)
    await sdk.store.order.declineTransfer(guestOrder.id, { token: tokens[0] })
  })
  await step("store.order.cancelTransfer", async () => {
    await sdk.store.order.requestTransfer(guestOrder.id)
    tokens.push((await letter(tokens)).data.token)
    await sdk.store.order.cancelTransfer(guestOrder.id)
  })
  await step("store.order.acceptTransfer", async () => {
    await sdk.store.order.requestTransfer(guestOrder.id)
    await sdk.store.order.acceptTransfer(guestOrder.id, { token: (await letter(tokens)).data.token })
    equal((await sdk.store.order.list()).count, 2, "orders")
  })
  await step("store.customer.deleteAddress", async () => {
    const gone = await sdk.store.customer.deleteAddress(address.id)
    equal([gone.object, gone.deleted, gone.parent.addresses], ["address", true, []], "answer")
  })
  await step("store.locale.list", async () => {
    equal((await sdk.store.locale.list()).locales, [], "locales")
  })
  await step("return reasons and returns by plain fetch", async () => {
    const { return_reasons: reasons } = await sdk.client.fetch("/store/return-reasons")
    check(Array.isArray(reasons), "reasons")
  })
  await logins({ sdk, target, me })
}

async function logins({ sdk, target, me }) {
  await step("auth.refresh", async () => {
    check(typeof (await sdk.auth.refresh()).token === "string", "a token")
    await sdk.store.customer.retrieve()
  })
  await step("auth.verification.request and confirm", async () => {
    await sdk.auth.verification.request({ entity_id: EMAIL, entity_type: "email" })
    const { data } = await mail(target.outbox, "verification", EMAIL)
    const proven = await sdk.auth.verification.confirm({ code: data.token })
    check(proven.verified_at, "verified_at", proven)
  })
  let factor, codes
  await step("auth.mfa.start", async () => {
    factor = await sdk.auth.mfa.start({ provider: "totp" })
    has(factor, ["mfa_factor", "secret", "otpauth_url"], "factor")
  })
  await step("auth.mfa.verify", async () => {
    const { mfa_factor: enabled } = await sdk.auth.mfa.verify(factor.mfa_factor.id, { code: totp(factor.secret) })
    equal(enabled.status, "enabled", "status")
  })
  await step("auth.mfa.list", async () => {
    equal((await sdk.auth.mfa.list()).mfa_factors.map((one) => one.id), [factor.mfa_factor.id], "factors")
  })
  await step("auth.mfa.generateRecoveryCodes", async () => {
    ;({ recovery_codes: codes } = await sdk.auth.mfa.generateRecoveryCodes())
    check(codes.length > 1, "codes")
  })
  await step("auth.mfa.verifyChallenge", async () => {
    const half = await sdk.auth.login("customer", "emailpass", me)
    check(half.mfa_required && half.mfa_challenge, "a challenge", half)
    await sdk.auth.mfa.verifyChallenge(half.mfa_challenge.id, { method: "recovery_code", code: codes[0] })
    await sdk.store.customer.retrieve()
  })
  await step("auth.mfa.disable", async () => {
    await sdk.auth.mfa.disable(factor.mfa_factor.id, { method: "recovery_code", code: codes[1] })
  })
  await step("auth.resetPassword", async () => {
    await sdk.auth.resetPassword("customer", "emailpass", { identifier: EMAIL })
    await sdk.auth.resetPassword("customer", "emailpass", { identifier: "nobody@example.com" })
  })
  await step("auth.updateProvider", async () => {
    const { data } = await mail(target.outbox, "password-reset", EMAIL)
    await sdk.auth.updateProvider("customer", "emailpass", { password: SECOND }, data.token)
    await sdk.auth.login("customer", "emailpass", { email: EMAIL, password: SECOND })
    await sdk.store.customer.retrieve()
  })
  await refused("auth.callback of a way that needs none", 401, /^Callback authentication not implemented for provider emailpass$/, () =>
    sdk.auth.callback("customer", "emailpass", {}))
  await elsewhere({ sdk, target })
  await refused("auth.createUser, which is not part of the core", 401, /./, () =>
    sdk.auth.createUser("emailpass", {}))
  await step("auth.logout", async () => {
    await sdk.auth.logout()
  })
  await refused("store.customer.retrieve after the logout", 401, /^Unauthorized$/, () => sdk.store.customer.retrieve())
}

/** Through the provider's own pages, as a browser goes; what it sends back to the storefront. */
async function visit(location, name) {
  const jar = new Map()
  let url = location, form
  for (let steps = 0; steps < 12; steps += 1) {
    const cookie = [...jar].map(([key, value]) => `${key}=${value}`).join("; ")
    const answer = await fetch(url, { method: form ? "POST" : "GET", body: form, redirect: "manual", headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, key, value] = line.match(/^([^=]+)=([^;]*)/)
      jar.set(key, value)
    }
    const next = answer.headers.get("location")
    if (next) {
      url = new URL(next, url).href
      form = undefined
      if (!url.startsWith(new URL(location).origin)) return Object.fromEntries(new URL(url).searchParams)
      continue
    }
    const page = await answer.text()
    url = page.match(/<form[^>]* action="([^"]+)"/)[1]
    form = new URLSearchParams({ prompt: page.match(/name="prompt" value="(\w+)"/)[1], login: name, password: "any" })
  }
  throw new Error("the provider's pages have no end")
}

async function elsewhere({ sdk, target }) {
  const claims = async () => JSON.parse(Buffer.from((await sdk.client.getToken()).split(".")[1], "base64url"))
  const go = async () => {
    const { location } = await sdk.auth.login("customer", "google", { callback_url: target.callback })
    return sdk.auth.callback("customer", "google", await visit(location, "hedy"))
  }
  await step("auth.login and auth.callback of a provider", async () => {
    check(typeof await go() === "string", "a token")
    const { actor_id: actor, user_metadata: told } = await claims()
    equal([actor, told.email], ["", "hedy@provider.example"], "claims")
    const { customer } = await sdk.store.customer.create({ email: told.email, first_name: told.given_name })
    await sdk.auth.refresh()
    equal((await sdk.store.customer.retrieve()).customer.id, customer.id, "customer")
    await go()
    equal((await claims()).actor_id, customer.id, "actor_id")
  })
  await refused("auth.callback with a state of nowhere", 401, /not begun here/, () =>
    sdk.auth.callback("customer", "google", { code: "x", state: "y" }))
}
