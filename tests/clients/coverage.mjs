// Which methods of the SDK a run has called, and with what outcome: every function of `store` and `auth` is wrapped.
const outcomes = new Map()

function functions(object, name) {
  return Object.entries(object).flatMap(([key, value]) => {
    if (typeof value === "function") return key.endsWith("_") ? [] : [[object, key, `${name}.${key}`]]
    return value && typeof value === "object" && !["client", "config"].includes(key) ? functions(value, `${name}.${key}`) : []
  })
}

export function covered(sdk) {
  for (const [owner, key, name] of [...functions(sdk.store, "store"), ...functions(sdk.auth, "auth")]) {
    if (!outcomes.has(name)) outcomes.set(name, { answered: 0, refused: new Map() })
    const known = outcomes.get(name)
    const original = owner[key]
    owner[key] = async (...args) => {
      try {
        const answer = await original(...args)
        known.answered += 1
        return answer
      } catch (error) {
        if (error.status !== undefined) known.refused.set(error.status, error.message)
        throw error
      }
    }
  }
  return sdk
}

/** {method, answered, refused}: `refused` are the statuses it was answered with besides. */
export function coverage() {
  return [...outcomes].map(([method, { answered, refused }]) => ({ method, answered: answered > 0, refused: [...refused.keys()] }))
}
