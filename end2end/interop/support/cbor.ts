// Encodes CBOR (RFC 8949), as far as an authenticator needs it: integers, byte strings, texts and maps.

export type Cbor = number | string | Uint8Array | CborMap;

/** Texts or numbers as keys. */
export type CborMap = Map<string, Cbor> | Map<number, Cbor>;

export function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flatMap((pair) => pair.map(cbor))]);
  const bytes = Buffer.from(value);
  return Buffer.concat([head(typeof value === "string" ? 3 : 2, bytes.length), bytes]);
}

/** The major type, and the value or length. */
function head(type: number, argument: number): Buffer {
  if (argument < 24) return Buffer.of((type << 5) | argument);
  if (argument < 0x100) return Buffer.of((type << 5) | 24, argument);
  return Buffer.of((type << 5) | 25, argument >> 8, argument & 0xff);
}
