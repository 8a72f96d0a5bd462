/** Decimals of each asset's minor unit by asset code, for example USD → 2. */
export type AssetCatalogue = ReadonlyMap<string, number>;

const ASSET = /^([A-Z0-9][A-Z0-9.-]{0,19}):([0-9]|1[0-8])$/;

/**
 * Parses "USD:2,AMZN:0,BTC:8": the one catalogue of assets that all services are started with, so that a minor unit means
 * the same everywhere. Throws on a malformed or doubled entry, because a service must not start with half a catalogue.
 */
export function parseAssetCatalogue(text: string): AssetCatalogue {
  const catalogue = new Map<string, number>();
  for (const entry of text.split(',')) {
    const match = ASSET.exec(entry.trim());
    if (!match?.[1] || !match[2]) throw new Error(`"${entry}" is not ASSET:DECIMALS, for example USD:2`);
    if (catalogue.has(match[1])) throw new Error(`asset ${match[1]} stands twice in the catalogue`);
    catalogue.set(match[1], Number(match[2]));
  }
  return catalogue;
}
