import * as contracts from '@clearway/contracts';

/**
 * The description of every proto file, for server reflection; undefined as long as the contracts do not export it, and the
 * server then has no reflection.
 */
export function reflectionDescriptor(): Uint8Array | undefined {
  const { descriptorSetBase64 } = contracts as { descriptorSetBase64?: string };
  return descriptorSetBase64 === undefined ? undefined : Buffer.from(descriptorSetBase64, 'base64');
}
