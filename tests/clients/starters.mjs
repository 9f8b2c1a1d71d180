// The reads of the two official starter storefronts, with their own query strings (spaces, trailing commas and
// encodings as their servers saw them), by plain fetch: nothing between the string and the wire.
import { check, equal, has, step } from "./steps.mjs"

const CART =
  "*items, *region, *items.product, *items.variant, *items.thumbnail, *items.metadata, +items.total, *promotions, +shipping_methods.name"
const PRODUCT = "*variants.calculated_price,+variants.inventory_quantity,*variants.images,+metadata,+tags,"
const CATEGORIES = "*category_children, *products, *parent_category, *parent_category.parent_category"
const ORDER = "*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product"

export async function starterReads({ target, region, product, cart, order }) {
  const headers = { "x-publishable-api-key": target.publishable_key, "content-type": "application/json" }
  const read = async (path, status = 200) => {
    const answer = await fetch(target.base + path, { headers })
    equal(answer.status, status, `status of ${path}`)
    return answer.json().catch(() => ({}))
  }
  // encodeURIComponent leaves "*" alone and writes %2B, %20, %2C; the second form is that of URLSearchParams.
  const forms = [(text) => encodeURIComponent(text), (text) => new URLSearchParams({ f: text }).toString().slice(2)]

  for (const [index, encode] of forms.entries()) {
    const form = `form ${index + 1}`
    await step(`starter product list, ${form}`, async () => {
      const { products, limit } = await read(
        `/store/products?limit=12&offset=0&region_id=${region.id}&fields=${encode(PRODUCT)}&handle=${product.handle}`)
      equal([limit, products.length], [12, 1], "page")
      has(products[0], ["title", "thumbnail", "description", "collection", "metadata", "tags", "options"], "product")
      has(products[0].variants[0], ["calculated_price", "images", "options"], "variant")
      const tracked = products[0].variants.filter((variant) => variant.manage_inventory)
      check(tracked.every((variant) => typeof variant.inventory_quantity === "number"), "inventory_quantity")
    })
    await step(`starter cart, ${form}`, async () => {
      const { cart: found } = await read(`/store/carts/${cart.id}?fields=${encode(CART)}`)
      has(found, ["item_subtotal", "shipping_subtotal", "discount_subtotal", "tax_total", "total", "subtotal", "promotions"], "cart")
      has(found.region.countries[0], ["iso_2", "display_name"], "region.countries")
      has(found.items[0], ["total", "original_total", "quantity", "product_title", "product_handle", "thumbnail", "variant", "product", "created_at"], "item")
      has(found.shipping_methods[0], ["shipping_option_id", "name", "amount"], "shipping method")
    })
    await step(`starter categories, ${form}`, async () => {
      const { product_categories: found } = await read(`/store/product-categories?fields=${encode(CATEGORIES)}&limit=100`)
      found.forEach((category) => has(category, ["id", "name", "handle", "parent_category", "category_children", "products"], "category"))
    })
    await step(`starter order, ${form}`, async () => {
      const { order: found } = await read(`/store/orders/${order.id}?fields=${encode(ORDER)}`)
      has(found, ["display_id", "created_at", "email", "fulfillment_status", "payment_status", "total", "subtotal", "item_subtotal", "shipping_subtotal", "discount_subtotal", "tax_total"], "order")
      has(found.shipping_methods[0], ["name", "total"], "shipping method")
      has(found.payment_collections[0].payments[0], ["provider_id", "amount", "created_at"], "payment")
      has(found.items[0], ["total", "original_total", "variant", "product", "thumbnail", "metadata"], "item")
    })
  }
  await step("starter dtc product fields", async () => {
    const { products } = await read(`/store/products?limit=100&offset=0&region_id=${region.id}&fields=${encodeURIComponent(PRODUCT + "*variants.options")}&order=created_at`)
    has(products[0].variants[0].options[0], ["option_id", "value"], "variant option")
  })
  await step("starter product, static and live", async () => {
    const statics = await read(`/store/products?limit=100&offset=0&region_id=${region.id}&fields=handle`)
    check(statics.products.every((found) => typeof found.handle === "string" && found.title === undefined), "only handles", statics.products[0])
    const live = await read(`/store/products?id%5B0%5D=${product.id}&region_id=${region.id}&fields=${encodeURIComponent(PRODUCT)}`)
    equal(live.products.map((found) => found.id), [product.id], "by id[0]")
    const related = await read(`/store/products?region_id=${region.id}&is_giftcard=false&limit=12&fields=${encodeURIComponent(PRODUCT)}`)
    check(related.products.length > 0, "related products")
  })
  await step("starter collections", async () => {
    const { collections } = await read("/store/collections?fields=id%2C%20handle%2C%20title&limit=100&offset=0")
    const one = await read(`/store/collections?handle=${collections[0].handle}&fields=*products`)
    has(one.collections[0], ["id", "handle", "title", "products"], "collection")
    const all = await read("/store/collections?fields=%2Aproducts&limit=100&offset=0")
    equal(all.collections.length, collections.length, "collections with products")
    await read(`/store/products?limit=12&offset=0&region_id=${region.id}&fields=*variants.calculated_price&collection_id=${collections[0].id}`)
    await read(`/store/products?limit=12&offset=0&region_id=${region.id}&collection_id[0]=${collections[0].id}`)
  })
  await step("starter filter panel (dtc)", async () => {
    const { product_options: options } = await read("/store/product-options?is_exclusive=false&fields=*values")
    check(options.length > 0, "options that products share")
    const value = options[0].values[0]
    const { products } = await read(`/store/products?limit=100&offset=0&region_id=${region.id}&fields=${encodeURIComponent(PRODUCT + "*options.values")}&option_value_id[0]=${value.id}`)
    check(products.length > 0, "products with the value")
    check(products.every((found) => found.options.some((option) => option.values.some((each) => each.value === value.value))), "only such", value.value)
  })
  await step("starter cart, region only", async () => {
    const { cart: found } = await read(`/store/carts/${cart.id}?fields=id,region_id`)
    equal(found, { id: cart.id, region_id: region.id }, "cart")
  })
  await step("starter account reads without a token", async () => {
    const answer = await fetch(`${target.base}/store/customers/me?fields=*orders`, { headers })
    check([401, 404].includes(answer.status), "401 (or 404 while there are no accounts)", answer.status)
    const locales = await fetch(`${target.base}/store/locales`, { headers })
    check([200, 404].includes(locales.status), "locales: 200 or 404", locales.status)
  })
  await step("browser preflight", async () => {
    const answer = await fetch(`${target.base}/store/products`, {
      method: "OPTIONS",
      headers: { origin: target.origin, "access-control-request-method": "GET", "access-control-request-headers": "content-type,x-publishable-api-key" },
    })
    check([200, 204].includes(answer.status), "preflight status", answer.status)
    equal(answer.headers.get("access-control-allow-origin"), target.origin, "access-control-allow-origin")
    const allowed = answer.headers.get("access-control-allow-headers")?.toLowerCase() ?? ""
    check(["content-type", "x-publishable-api-key"].every((name) => allowed.includes(name)), "allowed headers", allowed)
  })
}

/** A starter's server as far as its cart goes: what it has read it keeps, until one of its own calls has succeeded. */
class Starter {
  constructor(target) {
    this.target = target
    this.headers = { "x-publishable-api-key": target.publishable_key, "content-type": "application/json" }
  }

  async call(method, path, body) {
    const answer = await fetch(this.target.base + path, { method, headers: this.headers, body: body && JSON.stringify(body) })
    const said = await answer.json()
    if (!answer.ok) throw Object.assign(new Error(said.message), { status: answer.status })
    if (method !== "GET") this.kept = undefined
    return said
  }

  async begin(region, ...products) {
    const items = products.map((product) => ({ variant_id: product.variants[0].id, quantity: 1 }))
    const address = { first_name: "Ada", last_name: "L", address_1: "Weg 1", city: "Berlin", postal_code: "10115", country_code: this.target.country }
    const { cart } = await this.call("POST", "/store/carts", { region_id: region.id, items })
    this.id = cart.id
    await this.call("POST", `/store/carts/${this.id}`, { email: "ada@example.com", shipping_address: address, billing_address: address })
    const { shipping_options: options } = await this.call("GET", `/store/shipping-options?cart_id=${this.id}`)
    await this.call("POST", `/store/carts/${this.id}/shipping-methods`, { option_id: options[0].id })
    await this.pay()
    return options[0]
  }

  async pay() {
    const collection = (await this.cart()).payment_collection?.id ?? (await this.call("POST", "/store/payment-collections", { cart_id: this.id })).payment_collection.id
    await this.call("POST", `/store/payment-collections/${collection}/payment-sessions`, { provider_id: "pp_system_default" })
  }

  async cart() {
    this.kept ??= (await this.call("GET", `/store/carts/${this.id}?fields=${encodeURIComponent(CART)}`)).cart
    return this.kept
  }

  /** The review page: may the order be placed, at which price? */
  async review() {
    const cart = await this.cart()
    return { ready: Boolean(cart.payment_collection?.payment_sessions?.[0]), total: cart.total, method: cart.shipping_methods.at(-1) }
  }

  async place() {
    const answer = await this.call("POST", `/store/carts/${this.id}/complete`)
    return answer.type === "order" ? answer.order : undefined
  }

  async happens(event, id) {
    await fetch(this.target.office, { method: "POST", body: JSON.stringify({ event, id }) })
  }
}

/** What happens between review and order, and whether the buyer of an unmodified starter gets on. */
export async function starterCheckouts({ target, region, product, other }) {
  const variant = product.variants[0].id
  await step("starter: the price rises between review and order", async () => {
    const buyer = new Starter(target)
    await buyer.begin(region, product)
    const before = await buyer.review()
    equal(before.ready, true, "ready")
    await buyer.happens("price_raised", variant)
    equal(await buyer.place(), undefined, "order")
    const now = await buyer.review()
    equal(now.ready, false, "ready after the refusal")
    check(now.total > before.total, "the new price", [before.total, now.total])
    await buyer.pay()
    equal((await buyer.place()).total, now.total, "total")
  })
  for (const [event, undo, id] of [["seller_suspended", "seller_opened", product.seller.id], ["sold_out", "restocked", variant]]) {
    await step(`starter: ${event} between review and order`, async () => {
      const buyer = new Starter(target)
      await buyer.begin(region, product, other)
      await buyer.review()
      await buyer.happens(event, id)
      try {
        equal(await buyer.place(), undefined, "order")
        equal((await buyer.review()).ready, false, "ready after the refusal")
        const { products: [shown] } = await buyer.call("GET", `/store/products?id[0]=${product.id}&region_id=${region.id}&fields=${encodeURIComponent(PRODUCT)}`)
        const bought = shown.variants.find((one) => one.id === variant)
        equal([bought.manage_inventory, bought.allow_backorder, bought.inventory_quantity], [true, false, 0], "shown stock")
        const line = (await buyer.cart()).items.find((item) => item.variant_id === variant)
        await buyer.call("DELETE", `/store/carts/${buyer.id}/line-items/${line.id}`)
        await buyer.pay()
        equal((await buyer.place()).items.length, 1, "lines of the order")
      } finally {
        await buyer.happens(undo, id)
      }
    })
  }
  await step("starter: one choice for two sellers on every page", async () => {
    const buyer = new Starter(target)
    const option = await buyer.begin(region, product, other)
    const { method } = await buyer.review()
    equal([method.shipping_option_id, method.name, method.amount], [option.id, option.name, option.amount], "method")
    const placed = await buyer.place()
    const { order } = await buyer.call("GET", `/store/orders/${placed.id}?fields=${encodeURIComponent(ORDER)}`)
    equal(order.shipping_methods.map((one) => [one.shipping_option_id, one.name, one.amount]), [[option.id, option.name, option.amount]], "confirmed")
  })
  await step("starter: a second seller's goods come after the shipping", async () => {
    const buyer = new Starter(target)
    await buyer.begin(region, product)
    const before = await buyer.review()
    await buyer.call("POST", `/store/carts/${buyer.id}/line-items`, { variant_id: other.variants[0].id, quantity: 1 })
    // The starters ask for the delivery again where the cart has no method, and for the payment where it has no session.
    let { ready, total, method } = await buyer.review()
    equal(ready, false, "ready after the line")
    check(total > before.total, "the new total", [before.total, total])
    if (!method) {
      const { shipping_options: [option] } = await buyer.call("GET", `/store/shipping-options?cart_id=${buyer.id}`)
      await buyer.call("POST", `/store/carts/${buyer.id}/shipping-methods`, { option_id: option.id })
      ;({ total, method } = await buyer.review())
    }
    await buyer.pay()
    const placed = await buyer.place()
    equal([placed.total, placed.items.length], [total, 2], "order")
    const { order } = await buyer.call("GET", `/store/orders/${placed.id}?fields=${encodeURIComponent(ORDER)}`)
    equal(order.shipping_methods.map((one) => one.amount), [method.amount], "confirmed")
  })
}
