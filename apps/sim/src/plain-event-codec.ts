import { decodePlain, type EventCodec, encodePlain } from '@clearway/platform-journal';

/**
 * Events as canonical CBOR. The wire codecs belong to the apps and have their own tests; what matters here is that a journal holds
 * bytes and no references, so that nothing in memory survives a crash by accident.
 */
export function plainEventCodec<Event extends { readonly kind: string }>(): EventCodec<Event> {
  return {
    type: (event) => event.kind,
    encode: (event) => encodePlain(event),
    decode: (_type, data) => decodePlain(data) as unknown as Event,
  };
}
