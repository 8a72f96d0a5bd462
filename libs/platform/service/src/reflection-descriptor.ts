import { descriptorSetBase64 } from '@clearway/contracts';

/** The description of every proto file, decoded once at start, for server reflection. */
export function reflectionDescriptor(): Uint8Array {
  return Buffer.from(descriptorSetBase64, 'base64');
}
