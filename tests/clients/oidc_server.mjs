// A certified OpenID provider for the tests: node oidc_server.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI...
// Everybody is let in by their name alone, which becomes `sub`; addresses of who is called unverified… are not verified.
import { generateKeyPairSync } from "node:crypto"
import { Provider } from "oidc-provider"

const [port, clientId, clientSecret, ...redirectUris] = process.argv.slice(2)
const key = (kid, alg, type, options) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), kid, alg, use: "sig" })
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
  jwks: { keys: [key("rsa", "RS256", "rsa", { modulusLength: 2048 }), key("ec", "ES256", "ec", { namedCurve: "P-256" })] },
  cookies: { keys: ["only for tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  conformIdTokenClaims: false, // claims of the scopes stand in the ID token, as Google does it
  pkce: { required: () => true },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub, email: `${sub}@Provider.example`, email_verified: !sub.startsWith("unverified"),
      name: `${sub} Öz`, given_name: sub, family_name: "Öz",
    }),
  }),
})
provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"))
