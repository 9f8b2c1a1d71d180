// A buyer's whole way through the official storefront SDK, unmodified: browse, fill a cart from two stores, use a
// promotion code, check out, read the order. Usage: node storefront.mjs TARGET.json (see test_storefront_sdk.py).
import { readFileSync } from "node:fs"
import sdkPackage from "@medusajs/js-sdk"
import { cents, check, equal, finish, has, isMoney, refused, step } from "./steps.mjs"
import { coverage, covered } from "./coverage.mjs"
import { people } from "./people.mjs"
import { starterCheckouts, starterReads } from "./starters.mjs"

const Medusa = sdkPackage.default ?? sdkPackage
const target = JSON.parse(readFileSync(process.argv[2], "utf8"))
const sdk = covered(new Medusa({ baseUrl: target.base, publishableKey: target.publishable_key, auth: { type: "jwt", jwtTokenStorageMethod: "memory" } }))
const CART_TOTALS = ["total", "subtotal", "tax_total", "discount_total", "item_total", "item_subtotal", "shipping_total", "shipping_subtotal", "discount_subtotal"]
const ADDRESS = {
  first_name: "Ada", last_name: "Buyer", address_1: "1 Market Street", city: "Town", postal_code: "10115",
  country_code: target.country, phone: "+4930123456", ...(target.province ? { province: target.province } : {}),
}

// ---- browse -------------------------------------------------------------------------------------------------------
let region
await step("store.region.list", async () => {
  const { regions, count, offset, limit } = await sdk.store.region.list()
  equal([typeof count, offset, limit], ["number", 0, 50], "paging")
  region = regions.find((r) => r.currency_code === target.currency)
  check(region, `a region in ${target.currency}`, regions)
  has(region.countries.find((c) => c.iso_2 === target.country), ["iso_2", "display_name"], "its country")
  return `${count} regions`
})
await step("store.region.retrieve", async () => {
  const { region: one } = await sdk.store.region.retrieve(region.id)
  equal([one.id, one.currency_code], [region.id, target.currency], "region")
})
await step("store.category.list", async () => {
  const { product_categories: found } = await sdk.store.category.list({
    limit: 100, fields: "*category_children, *products, *parent_category, *parent_category.parent_category",
  })
  check(found.length > 0, "categories")
  has(found[0], ["id", "name", "handle", "category_children", "products"], "category")
  const { product_category: one } = await sdk.store.category.retrieve(found[0].id)
  equal(one.handle, found[0].handle, "category by id")
  const byHandle = await sdk.store.category.list({ handle: one.handle, fields: "*category_children, *products" })
  equal(byHandle.product_categories.map((c) => c.id), [one.id], "category by handle")
  return `${found.length} categories`
})
await step("store.collection.list", async () => {
  const { collections, count, limit } = await sdk.store.collection.list({ fields: "id, handle, title", limit: 100, offset: 0 })
  check(count > 0 && limit === 100, "collections", { count, limit })
  equal(Object.keys(collections[0]).sort(), ["handle", "id", "title"], "exactly the fields asked for")
  const { collection } = await sdk.store.collection.retrieve(collections[0].id)
  equal(collection.handle, collections[0].handle, "collection by id")
  return `${count} collections`
})

const PRODUCT = "*variants.calculated_price,+variants.inventory_quantity,*variants.images,+metadata,+tags,"
const [first, second] = target.handles
const products = {}
for (const handle of [first, second]) {
  await step(`store.product.list handle=${handle}`, async () => {
    const answer = await sdk.store.product.list({ handle, region_id: region.id, fields: `${PRODUCT}*seller`, limit: 12, offset: 0 })
    equal([answer.count, answer.products.length], [1, 1], "one product")
    const [product] = answer.products
    has(product, ["id", "title", "handle", "options", "variants", "images", "metadata", "tags", "seller"], "product")
    has(product.seller, ["id", "name", "handle"], "seller")
    const variant = product.variants[0]
    has(variant, ["id", "title", "options", "calculated_price", "manage_inventory", "allow_backorder"], "variant")
    has(variant.options[0], ["option_id", "value"], "variant option")
    has(product.options[0].values[0], ["id", "value"], "option value")
    has(variant.calculated_price, ["calculated_amount", "original_amount", "currency_code", "calculated_price"], "calculated_price")
    check("price_list_type" in variant.calculated_price.calculated_price, "calculated_price.calculated_price.price_list_type")
    equal(variant.calculated_price.currency_code, target.currency, "currency")
    isMoney(variant.calculated_price.calculated_amount, "price")
    products[handle] = product
    return `${product.title}: ${variant.calculated_price.calculated_amount} ${target.currency} from ${product.seller.name}`
  })
}
await step("the products come from two stores", async () => {
  check(products[first].seller.id !== products[second].seller.id, "two sellers")
})
await step("store.product.retrieve", async () => {
  const { product } = await sdk.store.product.retrieve(products[first].id, { region_id: region.id, fields: "*variants.calculated_price" })
  equal(product.handle, first, "handle")
  equal(product.variants.map((v) => v.id).sort(), products[first].variants.map((v) => v.id).sort(), "variants")
})
await step("store.product.list q", async () => {
  const { products: found } = await sdk.store.product.list({ q: target.q, limit: 100, fields: "id,handle,title" })
  check(found.some((p) => p.id === products[first].id), `q=${target.q} finds ${first}`, found.map((p) => p.handle))
  const nothing = await sdk.store.product.list({ q: "zzyzxqqunfindable" })
  equal([nothing.count, nothing.products], [0, []], "an empty search")
})
await step("store.product.list filters", async () => {
  const byIds = await sdk.store.product.list({ id: [products[first].id, products[second].id], fields: "id" })
  equal(byIds.products.map((p) => p.id).sort(), [products[first].id, products[second].id].sort(), "by ids")
  const bySeller = await sdk.store.product.list({ seller_id: products[second].seller.id, fields: "id,*seller", limit: 100 })
  check(bySeller.count > 0 && bySeller.products.every((p) => p.seller.id === products[second].seller.id), "by seller")
  const ordered = await sdk.store.product.list({ order: "-title", fields: "title", limit: 3, offset: 1 })
  equal([ordered.offset, ordered.limit, ordered.products.length], [1, 3, 3], "page")
  const since = await sdk.store.product.list({ created_at: { $gte: "2000-01-01T00:00:00.000Z" }, limit: 1 })
  check(since.count > 3, "created_at[$gte]", since.count)
  return `${since.count} products`
})

// ---- cart ---------------------------------------------------------------------------------------------------------
let cart
const keep = (answer) => {
  cart = answer.cart
  has(cart, ["id", "currency_code", "items", ...CART_TOTALS], "cart")
  CART_TOTALS.forEach((name) => isMoney(cart[name], name))
  return cart
}
await step("store.cart.create", async () => {
  keep(await sdk.store.cart.create({ region_id: region.id }))
  equal([cart.currency_code, cart.total, cart.items, cart.promotions, cart.shipping_methods], [target.currency, 0, [], [], []], "new cart")
  equal([cart.shipping_address, cart.customer_id, "payment_collection" in cart], [null, null, false], "nulls and absent keys")
  return cart.id
})
for (const [handle, quantity] of [[first, 3], [second, 1]]) {
  await step(`store.cart.createLineItem ${handle}`, async () => {
    const lines = cart.items.length
    const variant = products[handle].variants[0]
    keep(await sdk.store.cart.createLineItem(cart.id, { variant_id: variant.id, quantity }, { fields: "*items,+items.total" }))
    const line = cart.items.find((item) => item.variant_id === variant.id)
    equal([cart.items.length, line.quantity, line.unit_price], [lines + 1, quantity, variant.calculated_price.calculated_amount], "line")
    equal(line.product_handle, handle, "product_handle")
  })
}
const lineOf = (handle) => cart.items.find((item) => item.product_handle === handle)
await step("store.cart.updateLineItem", async () => {
  keep(await sdk.store.cart.updateLineItem(cart.id, lineOf(first).id, { quantity: 2 }))
  equal(lineOf(first).quantity, 2, "quantity")
})
await step("store.cart.deleteLineItem", async () => {
  const extra = products[second].variants.at(-1)
  keep(await sdk.store.cart.createLineItem(cart.id, { variant_id: extra.id, quantity: 1, metadata: { gift: "yes" } }))
  const line = cart.items.find((item) => item.metadata?.gift === "yes")
  const gone = await sdk.store.cart.deleteLineItem(cart.id, line.id)
  equal([gone.id, gone.object, gone.deleted, gone.parent.id], [line.id, "line-item", true, cart.id], "answer")
  keep(await sdk.store.cart.retrieve(cart.id))
  equal(cart.items.length, 2, "lines left")
})
await refused("createLineItem of an unknown variant", 400, /do not exist or belong to a product that is not published/, () =>
  sdk.store.cart.createLineItem(cart.id, { variant_id: "variant_01NOSUCH", quantity: 1 }))
await refused("createLineItem above the stock", 400, /does not have the required inventory/, () =>
  sdk.store.cart.createLineItem(cart.id, { variant_id: products[first].variants[0].id, quantity: 1000 }))
await refused("createLineItem with an unknown field", 400, /Unrecognized fields: 'unit_price'/, () =>
  sdk.store.cart.createLineItem(cart.id, { variant_id: products[first].variants[0].id, quantity: 1, unit_price: 0.01 }))
await refused("cart.retrieve of an unknown id", 404, /^Cart .*cart_01NOSUCH/, () =>
  sdk.store.cart.retrieve("cart_01NOSUCH"))
await refused("a call without a publishable key", 400, /^Publishable API key required in the request header/, () =>
  new Medusa({ baseUrl: target.base }).store.region.list())
await refused("a call with an unknown publishable key", 400, /^A valid publishable key is required/, () =>
  new Medusa({ baseUrl: target.base, publishableKey: "pk_nobody" }).store.region.list())

// ---- promotion codes ----------------------------------------------------------------------------------------------
const applied = () => cart.promotions.map((promotion) => promotion.code)
await step("store.cart.update promo_codes", async () => {
  const before = cart.item_subtotal
  keep(await sdk.store.cart.update(cart.id, { promo_codes: [target.promo_code] }))
  equal(applied(), [target.promo_code], "promotions")
  check(cart.discount_total > 0, "a discount", cart.discount_total)
  equal(cart.item_subtotal, before, "item_subtotal is before the discount")
  return `discount ${cart.discount_total}`
})
await step("store.cart.update promo_codes []", async () => {
  keep(await sdk.store.cart.update(cart.id, { promo_codes: [] }))
  equal([applied(), cart.discount_total], [[], 0], "no promotion")
})
await step("store.cart.addPromotions", async () => {
  keep(await sdk.store.cart.addPromotions(cart.id, { promo_codes: [target.promo_code] }))
  equal(applied(), [target.promo_code], "promotions")
})
await step("store.cart.removePromotions", async () => {
  keep(await sdk.store.cart.removePromotions(cart.id, { promo_codes: [target.promo_code] }))
  equal([applied(), cart.discount_total], [[], 0], "no promotion")
  keep(await sdk.store.cart.update(cart.id, { promo_codes: [target.promo_code] }))
})
await refused("an unknown promotion code", 400, /^The promotion code NO-SUCH-CODE is invalid$/, () =>
  sdk.store.cart.update(cart.id, { promo_codes: ["NO-SUCH-CODE"] }))
await step("the refused code changed nothing", async () => {
  keep(await sdk.store.cart.retrieve(cart.id))
  equal(applied(), [target.promo_code], "promotions")
})

// ---- checkout -----------------------------------------------------------------------------------------------------
await refused("complete without a payment", 400, /payment/i, () => sdk.store.cart.complete(cart.id))
await refused("an address outside the region", 400, /^Country with code zz is not within region/, () =>
  sdk.store.cart.update(cart.id, { shipping_address: { ...ADDRESS, country_code: "zz" } }))
await step("store.cart.update address", async () => {
  keep(await sdk.store.cart.update(cart.id, { email: "ada@example.com", shipping_address: ADDRESS, billing_address: ADDRESS }))
  equal([cart.email, cart.shipping_address.country_code, cart.billing_address.city], ["ada@example.com", target.country, "Town"], "address")
})
let option
await step("store.fulfillment.listCartOptions", async () => {
  const { shipping_options: options } = await sdk.store.fulfillment.listCartOptions({ cart_id: cart.id })
  check(options.length > 0, "options")
  options.forEach((o) => has(o, ["id", "name", "price_type", "amount", "insufficient_inventory", "service_zone"], "option"))
  check("type" in options[0].service_zone.fulfillment_set, "service_zone.fulfillment_set.type")
  option = options.toSorted((a, b) => a.amount - b.amount)[0]
  let sum = 0
  for (const handle of [first, second]) {
    const seller = products[handle].seller.id
    const own = await sdk.client.fetch("/store/shipping-options", { query: { cart_id: cart.id, seller_id: seller } })
    const same = own.shipping_options.find((o) => o.type.code === option.type.code)
    check(same, `an option of type ${option.type.code} of store ${seller}`, own.shipping_options.map((o) => o.type.code))
    sum += cents(same.amount)
  }
  equal(cents(option.amount), sum, "the combined amount is the sum over the stores")
  return `${options.length} options, ${option.name} ${option.amount}`
})
await refused("addShippingMethod of an unknown option", 400, /^Shipping Options are invalid for cart\.$/, () =>
  sdk.store.cart.addShippingMethod(cart.id, { option_id: "so_01NOSUCH" }))
await step("store.cart.addShippingMethod", async () => {
  keep(await sdk.store.cart.addShippingMethod(cart.id, { option_id: option.id }))
  equal(cart.shipping_methods.map((m) => [m.shipping_option_id, m.amount]), [[option.id, option.amount]], "the one that was chosen")
  const each = (await sdk.store.cart.retrieve(cart.id, { fields: "*shipping_methods.seller" })).cart.shipping_methods
  equal(each.length, 2, "one method per store")
  equal(each.reduce((sum, m) => sum + cents(m.amount), 0), cents(option.amount), "their amounts")
  return `shipping ${cart.shipping_total}, total ${cart.total}`
})
let provider
await step("store.payment.listPaymentProviders", async () => {
  const { payment_providers: providers } = await sdk.store.payment.listPaymentProviders({ region_id: region.id })
  provider = providers.find((p) => p.id === "pp_system_default")
  check(provider, "pp_system_default", providers)
})
await refused("a payment session with an unknown provider", 400, /^Payment provider pp_nope_nope is not enabled/, () =>
  sdk.store.payment.initiatePaymentSession(cart, { provider_id: "pp_nope_nope" }))
await step("store.payment.initiatePaymentSession", async () => {
  keep(await sdk.store.cart.retrieve(cart.id))
  const { payment_collection: made } = await sdk.store.payment.initiatePaymentSession(cart, { provider_id: provider.id })
  const session = made.payment_sessions.find((s) => s.status === "pending")
  equal([made.amount, made.currency_code, session.provider_id, session.amount], [cart.total, target.currency, provider.id, cart.total], "session")
  keep(await sdk.store.cart.retrieve(cart.id, { fields: "*payment_collection,*payment_collection.payment_sessions" }))
})

let order
await step("store.cart.complete", async () => {
  const total = (await sdk.store.cart.retrieve(cart.id)).cart.total
  const answer = await sdk.store.cart.complete(cart.id)
  equal(answer.type, "order", "type")
  order = answer.order
  equal([order.total, order.email, order.shipping_address.country_code], [total, "ada@example.com", target.country], "order")
  check(Number.isInteger(order.display_id), "display_id", order.display_id)
  return `${order.id} #${order.display_id}: ${order.total}`
})
await step("store.order.retrieve", async () => {
  const { order: read } = await sdk.store.order.retrieve(order.id)
  equal([read.id, read.total, read.items.length, read.shipping_methods.length], [order.id, order.total, 2, 1], "order")
  has(read, ["display_id", "created_at", "fulfillment_status", "payment_status", "payment_collections", "summary"], "order")
  equal(read.seller_orders?.length, 2, "seller_orders")
  equal(read.seller_orders.reduce((sum, o) => sum + cents(o.total), 0), cents(read.total), "seller orders add up to the order")
  return `${read.payment_status}, ${read.fulfillment_status}`
})
await step("store.cart.complete again", async () => {
  for (const answer of await Promise.all([1, 2, 3].map(() => sdk.store.cart.complete(cart.id)))) {
    equal([answer.type, answer.order.id], ["order", order.id], "the same order")
  }
})
await refused("a completed cart takes no more lines", 400, /is already completed/, () =>
  sdk.store.cart.createLineItem(cart.id, { variant_id: products[first].variants[0].id, quantity: 1 }))
await refused("order.retrieve of an unknown id", 404, /^Order id not found: order_01NOSUCH$/, () =>
  sdk.store.order.retrieve("order_01NOSUCH"))

await starterReads({ target, region, product: products[first], cart, order })
await starterCheckouts({ target, region, product: products[first], other: products[second] })

// ---- the rest of the SDK -------------------------------------------------------------------------------------------
await step("store.productOption", async () => {
  const { product_options: found } = await sdk.store.productOption.list({ limit: 1 })
  equal((await sdk.store.productOption.retrieve(found[0].id)).product_option.id, found[0].id, "option")
})
await step("store.fulfillment.calculate", async () => {
  const made = (await sdk.store.cart.create({ region_id: region.id, items: [{ variant_id: products[first].variants[0].id, quantity: 1 }] })).cart
  const [way] = (await sdk.store.fulfillment.listCartOptions({ cart_id: made.id })).shipping_options
  const { shipping_option: priced } = await sdk.store.fulfillment.calculate(way.id, { cart_id: made.id })
  equal([priced.id, priced.amount], [way.id, way.amount], "option")
})

/** Send, pay and complete a cart; the order. */
async function buy(cartId) {
  await sdk.store.cart.update(cartId, { shipping_address: ADDRESS, billing_address: ADDRESS })
  const { shipping_options: ways } = await sdk.store.fulfillment.listCartOptions({ cart_id: cartId })
  const { cart: sent } = await sdk.store.cart.addShippingMethod(cartId, { option_id: ways[0].id })
  await sdk.store.payment.initiatePaymentSession(sent, { provider_id: "pp_system_default" })
  const done = await sdk.store.cart.complete(cartId)
  equal(done.type, "order", "type")
  return done.order
}
await people({ sdk, target, region, variant: products[second].variants[0], guestOrder: order, buy })
process.stdout.write(JSON.stringify({ coverage: coverage() }) + "\n")
finish()
