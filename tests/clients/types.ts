// Types of our printed document, held against those of the official SDK: what we answer can be used as what it expects.
import type { HttpTypes } from "@medusajs/types"
import type { components } from "./api.js"

type Ours = components["schemas"]

// The SDK's types as JSON carries them: moments are text, what is not there may be null, and what leads back to its
// owner (a line's cart, a tax line's line) is left out, since no answer can hold itself.
type Back = "cart" | "item" | "shipping_method"
// What the default answer gives in brief or not at all; asked for by `fields` it is whole.
type Brief = "product" | "variant" | "categories"
// Prices with and without tax are told where a place is known whose taxes they are; the SDK's type wants them always.
type Placed = "original_amount_with_tax" | "original_amount_without_tax"
type Wire<T> = T extends Date
  ? string
  : T extends (infer E)[]
    ? Wire<E>[]
    : T extends object
      ? string extends keyof T
        ? T
        : { [K in keyof T as K extends Back | Brief | Placed ? never : K]: {} extends Pick<T, K> ? Wire<T[K]> | null : Wire<T[K]> }
      : T

type Fits<Given extends Wire<Wanted>, Wanted> = Given

export type Checked = [
  Fits<Ours["Region"], HttpTypes.StoreRegion>,
  Fits<Ours["Currency"], HttpTypes.StoreCurrency>,
  Fits<Ours["Product"] & { variants: Ours["ProductVariant"][]; options: Ours["ProductOption"][]; images: Ours["ProductImage"][] }, HttpTypes.StoreProduct>,
  Fits<Ours["Collection"], HttpTypes.StoreCollection>,
  Fits<Ours["ProductTag"], HttpTypes.StoreProductTag>,
  Fits<Ours["ProductType"], HttpTypes.StoreProductType>,
  Fits<Ours["Cart"], Omit<HttpTypes.StoreCart, "promotions">>,
  Fits<Ours["Order"], Omit<HttpTypes.StoreOrder, "customer" | "fulfillments">>,
  Fits<Ours["Customer"], HttpTypes.StoreCustomer>,
  Fits<Ours["CustomerAddress"], HttpTypes.StoreCustomerAddress>,
  Fits<Ours["PaymentCollection"], HttpTypes.StorePaymentCollection>,
  Fits<Ours["PaymentProvider"], HttpTypes.StorePaymentProvider>,
  Fits<Ours["ReturnReason"], HttpTypes.StoreReturnReason>,
]
