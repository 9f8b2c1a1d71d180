// A list of named steps: each prints one JSON line {method, ok, detail}; the process fails if any step did.
import { isDeepStrictEqual } from "node:util"

let failures = 0

function print(method, ok, detail) {
  process.stdout.write(JSON.stringify({ method, ok, detail }) + "\n")
}

export function check(truth, message, found) {
  if (!truth) {
    throw new Error(found === undefined ? message : `${message}; found ${JSON.stringify(found)?.slice(0, 400)}`)
  }
}

export function equal(found, wanted, what) {
  check(isDeepStrictEqual(found, wanted), `${what} should be ${JSON.stringify(wanted)}`, found)
}

/** Every key of `keys` must be there (null counts, undefined does not). */
export function has(object, keys, what) {
  check(object !== null && typeof object === "object", `${what} should be an object`, object)
  const missing = keys.filter((key) => object[key] === undefined)
  check(missing.length === 0, `${what} lacks ${missing.join(", ")}`, Object.keys(object))
}

/** Amounts are numbers in major units, exact to the minor unit: no digits below it. */
export function isMoney(amount, what, digits = 2) {
  check(typeof amount === "number" && Number.isFinite(amount), `${what} should be a number`, amount)
  equal(Number(amount.toFixed(digits)), amount, what)
}

export function cents(amount) {
  return Math.round(amount * 100)
}

export async function step(method, run) {
  try {
    const value = await run()
    print(method, true, typeof value === "string" ? value : "")
    return value
  } catch (error) {
    failures += 1
    const status = error.status === undefined ? "" : ` (${error.status} ${error.statusText})`
    print(method, false, `${error.message}${status}`)
    return undefined
  }
}

/** The call must be refused with this status and a message that matches. */
export async function refused(method, status, pattern, call) {
  await step(method, async () => {
    let answer
    try {
      answer = await call()
    } catch (error) {
      check(error.status !== undefined, `no HTTP error but: ${error.message}`)
      equal(error.status, status, "status")
      check(pattern.test(error.message), `message should match ${pattern}`, error.message)
      check(error.statusText, "the reason phrase should not be empty")
      return `${error.status} ${error.message}`
    }
    throw new Error(`not refused: ${JSON.stringify(answer).slice(0, 200)}`)
  })
}

export function finish() {
  print("summary", failures === 0, `${failures} failed`)
  process.exitCode = failures === 0 ? 0 : 1
}
