// node-oidc-provider with its device flow and PKCE, as its own documentation sets it up; nothing in
// it knows of Keyferry. Prints `ready URL` when up, and ends with its standard input.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

// Its own adapter forgets all but the last thousand things.
const things = new Map();
class InMemory {
  constructor(kind) { this.kind = kind; }
  key(id) { return `${this.kind} ${id}`; }
  async upsert(id, payload) {
    things.set(this.key(id), payload);
    for (const other of ['userCode', 'uid']) {
      if (payload[other]) things.set(`${this.kind} ${other} ${payload[other]}`, id);
    }
  }
  async find(id) { return things.get(this.key(id)); }
  async findByUserCode(code) { return this.find(things.get(`${this.kind} userCode ${code}`)); }
  async findByUid(uid) { return this.find(things.get(`${this.kind} uid ${uid}`)); }
  async consume(id) { things.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { things.delete(this.key(id)); }
  async revokeByGrantId(grant) {
    for (const [key, payload] of things) {
      if (payload.grantId === grant && key.startsWith(`${this.kind} `)) things.delete(key);
    }
  }
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    adapter: InMemory,
    clients: [{
      client_id: 'cli',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
    }],
    claims: { openid: ['sub'], profile: ['name'] },
    cookies: { keys: ['for these tests alone'] },
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Name of ${id}` }) }),
    pkce: { required: () => true },
    // So short that a client must refresh at once.
    ttl: { AccessToken: 60, DeviceCode: 120 },
  });
  server.on('request', provider.callback());
  console.log(`ready ${issuer}`);
});
process.stdin.on('end', () => process.exit(0)).resume();
