// node verify.mjs <receipt> <jwks URL or file> <photo>   Checks a receipt against the bytes. Exit code 0: it holds.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'

const [receipt, jwks, photo] = process.argv.slice(2)
const [header, claims, signature] = receipt.split('.')
const parse = part => JSON.parse(Buffer.from(part, 'base64url'))
const { keys } = JSON.parse(/^https?:/.test(jwks) ? await (await fetch(jwks)).text() : await readFile(jwks))

const { alg, typ, kid } = parse(header)
const jwk = keys.find(key => key.kid === kid)
const isSigned = alg === 'ES256' && typ === 'ingest-receipt+jwt' && jwk !== undefined && verify(
  'sha256', Buffer.from(`${header}.${claims}`),
  { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))

const { job, media, length, sha256, iat } = parse(claims)
const hash = createHash('sha256')
let bytes = 0
for await (const chunk of createReadStream(photo)) { hash.update(chunk); bytes += chunk.length }
const isSame = bytes === length && hash.digest('hex') === sha256

console.log(!isSigned ? 'not signed by this server' : !isSame ? `${photo} is another file`
  : `${photo} is media ${media} of job ${job}; the server had it at ${new Date(iat * 1000).toISOString()}`)
process.exitCode = isSigned && isSame ? 0 : 1
