// Tests of a game in JavaScript: node's own test runner and fetch, and nothing else.
import assert from 'node:assert/strict'
import {beforeEach, test} from 'node:test'

const url = process.env.ETERNALTWIN_URL

async function dev(method, path, body) {
  const response = await fetch(`${url}/_dev${path}`, {
    method,
    headers: {'Eternaltwin-Dev': '1'},
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  return {status: response.status, json: text ? JSON.parse(text) : null}
}

beforeEach(async () => {
  assert.equal((await dev('POST', '/reset')).status, 204)
})

test('a player signs in to a game and is known by its token', async () => {
  await dev('PUT', '/games/mygame', {oauth_callback: 'http://localhost:8000/callback', secret: 'mine'})
  await dev('PUT', '/users/zoe', {display_name: 'Zoé'})
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'mygame@clients',
    redirect_uri: 'http://localhost:8000/callback',
    scope: 'base',
    state: 'a state',
  })
  const {json: callback} = await dev('POST', '/sign-in', {user: 'zoe', url: `${url}/oauth/authorize?${query}`})
  assert.equal(callback.state, 'a state')

  const issued = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: {Authorization: `Basic ${btoa('mygame@clients:mine')}`},
    body: new URLSearchParams({grant_type: 'authorization_code', code: callback.code}),
  })
  const {access_token: token} = await issued.json()
  const self = await fetch(`${url}/api/v1/auth/self`, {headers: {Authorization: `Bearer ${token}`}})
  assert.equal((await self.json()).user.display_name.current.value, 'Zoé')
})

test('a reset forgets the players and games of other tests', async () => {
  const {json: added} = await dev('POST', '/users', {count: 256})
  assert.equal(added.count, 256)
  assert.equal((await dev('GET', '/users')).json.count, 262)
  await dev('POST', '/reset')
  assert.equal((await dev('GET', '/users')).json.count, 6)
  const {status, json: problem} = await dev('GET', '/games/mygame')
  assert.deepEqual([status, problem.code], [404, 'not_found'])
})

test('the next request fails as it is told to', async () => {
  await dev('POST', '/faults', {status: 503, path: '/api/*'})
  assert.equal((await fetch(`${url}/api/v1`)).status, 503)
  assert.equal((await fetch(`${url}/api/v1`)).status, 200)
  assert.equal((await dev('GET', '/requests?status=503')).json.count, 1)
})

test('a program without the header field is refused with the reason', async () => {
  const response = await fetch(`${url}/_dev/reset`, {method: 'POST'})
  assert.deepEqual([response.status, (await response.json()).code], [403, 'header_missing'])
  assert.equal((await fetch(`${url}/_dev/health`)).status, 200)
})
