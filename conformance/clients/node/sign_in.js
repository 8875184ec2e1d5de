// Signs a player in with simple-oauth2. Prints the authorization URL, reads the code, and prints `auth/self`.
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {AuthorizationCode} from 'simple-oauth2'

const {
  ETERNALTWIN_URL: url,
  ETERNALTWIN_CLIENT_ID: id,
  ETERNALTWIN_CLIENT_SECRET: secret,
  ETERNALTWIN_REDIRECT_URI: redirect_uri,
} = process.env

const client = new AuthorizationCode({
  client: {id, secret},
  auth: {tokenHost: url, authorizePath: '/oauth/authorize', tokenPath: '/oauth/token'},
})
console.log(client.authorizeURL({redirect_uri, scope: 'base', state: 'a state of node'}))

const input = createInterface({input: process.stdin})
const [code] = await once(input, 'line')
input.close()
const {token} = await client.getToken({code, redirect_uri})
const self = await fetch(`${url}/api/v1/auth/self`, {headers: {Authorization: `Bearer ${token.access_token}`}})
console.log(await self.text())
