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
  await step("starter product options (dtc)", async () => {
    await read("/store/product-options?is_exclusive=false&fields=*values").catch((error) => check(/404/.test(error.message), error.message))
    return "404 is tolerated"
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
