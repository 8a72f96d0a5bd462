/**
 * How a field is written: big-endian unsigned integers of 1 to 8 bytes, text padded with blanks, prices as integers of 4
 * (ten-thousandths) or 8 bytes (hundred-millionths of a dollar), times in nanoseconds since midnight (6 bytes).
 */
export type ItchFieldKind = 'uint' | 'text' | 'price4' | 'price8' | 'time';

/** A field of a message: its name, kind and bytes. */
export type ItchField = readonly [name: string, kind: ItchFieldKind, bytes: number];

/** A message type: its name in the specification and the fields behind the header, in their order. */
export interface ItchLayout {
  readonly name: string;
  readonly fields: readonly ItchField[];
}

/** Every message begins with its type (1), the stock's number of the day (2), a tracking number (2) and the time (6). */
export const ITCH_HEADER_BYTES = 11;

const STOCK: ItchField = ['stock', 'text', 8];
const ORDER: ItchField = ['orderReferenceNumber', 'uint', 8];
const SIDE: ItchField = ['buySellIndicator', 'text', 1];
const SHARES: ItchField = ['shares', 'uint', 4];
const PRICE: ItchField = ['price', 'price4', 4];
const MATCH: ItchField = ['matchNumber', 'uint', 8];
const EXECUTED: ItchField = ['executedShares', 'uint', 4];

/** All message types of NASDAQ TotalView-ITCH 5.0 by their letter, in the order of the specification's chapter 1. */
export const ITCH_LAYOUTS: Readonly<Record<string, ItchLayout>> = {
  S: { name: 'System Event', fields: [['eventCode', 'text', 1]] },
  R: {
    name: 'Stock Directory',
    fields: [
      STOCK,
      ['marketCategory', 'text', 1],
      ['financialStatusIndicator', 'text', 1],
      ['roundLotSize', 'uint', 4],
      ['roundLotsOnly', 'text', 1],
      ['issueClassification', 'text', 1],
      ['issueSubType', 'text', 2],
      ['authenticity', 'text', 1],
      ['shortSaleThresholdIndicator', 'text', 1],
      ['ipoFlag', 'text', 1],
      ['luldReferencePriceTier', 'text', 1],
      ['etpFlag', 'text', 1],
      ['etpLeverageFactor', 'uint', 4],
      ['inverseIndicator', 'text', 1],
    ],
  },
  H: {
    name: 'Stock Trading Action',
    fields: [STOCK, ['tradingState', 'text', 1], ['reserved', 'text', 1], ['reason', 'text', 4]],
  },
  Y: { name: 'Reg SHO Restriction', fields: [STOCK, ['regShoAction', 'text', 1]] },
  L: {
    name: 'Market Participant Position',
    fields: [
      ['mpid', 'text', 4],
      STOCK,
      ['primaryMarketMaker', 'text', 1],
      ['marketMakerMode', 'text', 1],
      ['marketParticipantState', 'text', 1],
    ],
  },
  V: {
    name: 'MWCB Decline Level',
    fields: [
      ['level1', 'price8', 8],
      ['level2', 'price8', 8],
      ['level3', 'price8', 8],
    ],
  },
  W: { name: 'MWCB Status', fields: [['breachedLevel', 'text', 1]] },
  K: {
    name: 'Quoting Period Update',
    fields: [
      STOCK,
      ['ipoQuotationReleaseTime', 'uint', 4],
      ['ipoQuotationReleaseQualifier', 'text', 1],
      ['ipoPrice', 'price4', 4],
    ],
  },
  J: {
    name: 'LULD Auction Collar',
    fields: [
      STOCK,
      ['auctionCollarReferencePrice', 'price4', 4],
      ['upperAuctionCollarPrice', 'price4', 4],
      ['lowerAuctionCollarPrice', 'price4', 4],
      ['auctionCollarExtension', 'uint', 4],
    ],
  },
  h: {
    name: 'Operational Halt',
    fields: [STOCK, ['marketCode', 'text', 1], ['operationalHaltAction', 'text', 1]],
  },
  A: { name: 'Add Order', fields: [ORDER, SIDE, SHARES, STOCK, PRICE] },
  F: {
    name: 'Add Order with MPID Attribution',
    fields: [ORDER, SIDE, SHARES, STOCK, PRICE, ['attribution', 'text', 4]],
  },
  E: { name: 'Order Executed', fields: [ORDER, EXECUTED, MATCH] },
  C: {
    name: 'Order Executed with Price',
    fields: [ORDER, EXECUTED, MATCH, ['printable', 'text', 1], ['executionPrice', 'price4', 4]],
  },
  X: { name: 'Order Cancel', fields: [ORDER, ['cancelledShares', 'uint', 4]] },
  D: { name: 'Order Delete', fields: [ORDER] },
  U: {
    name: 'Order Replace',
    fields: [
      ['originalOrderReferenceNumber', 'uint', 8],
      ['newOrderReferenceNumber', 'uint', 8],
      SHARES,
      PRICE,
    ],
  },
  P: { name: 'Trade (Non-Cross)', fields: [ORDER, SIDE, SHARES, STOCK, PRICE, MATCH] },
  Q: {
    name: 'Cross Trade',
    fields: [['shares', 'uint', 8], STOCK, ['crossPrice', 'price4', 4], MATCH, ['crossType', 'text', 1]],
  },
  B: { name: 'Broken Trade', fields: [MATCH] },
  I: {
    name: 'Net Order Imbalance Indicator',
    fields: [
      ['pairedShares', 'uint', 8],
      ['imbalanceShares', 'uint', 8],
      ['imbalanceDirection', 'text', 1],
      STOCK,
      ['farPrice', 'price4', 4],
      ['nearPrice', 'price4', 4],
      ['currentReferencePrice', 'price4', 4],
      ['crossType', 'text', 1],
      ['priceVariationIndicator', 'text', 1],
    ],
  },
  N: { name: 'Retail Interest', fields: [STOCK, ['interestFlag', 'text', 1]] },
  O: {
    name: 'Direct Listing with Capital Raise Price Discovery',
    fields: [
      STOCK,
      ['openEligibilityStatus', 'text', 1],
      ['minimumAllowablePrice', 'price4', 4],
      ['maximumAllowablePrice', 'price4', 4],
      ['nearExecutionPrice', 'price4', 4],
      ['nearExecutionTime', 'uint', 8],
      ['lowerPriceRangeCollar', 'price4', 4],
      ['upperPriceRangeCollar', 'price4', 4],
    ],
  },
};

const LENGTHS = Object.entries(ITCH_LAYOUTS).reduce((lengths, [type, { fields }]) => {
  lengths[type.charCodeAt(0)] = fields.reduce((sum, [, , bytes]) => sum + bytes, ITCH_HEADER_BYTES);
  return lengths;
}, new Uint8Array(256));

/** The bytes of a message of the type (its letter as a number), 0 for a type that the specification does not have. */
export function itchLengthOf(type: number): number {
  return LENGTHS[type] ?? 0;
}
