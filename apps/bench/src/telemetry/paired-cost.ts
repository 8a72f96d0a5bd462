import type { Slice } from './side';

/** CPU microseconds an order of one process, without and with sampling. */
export interface CostLine {
  readonly name: string;
  readonly offMicros: number;
  readonly onMicros: number;
}

/** What a paired run found. */
export interface PairedCost {
  readonly lines: readonly CostLine[];
  /** Of all processes together. */
  readonly total: CostLine;
  /** On to off, pair by pair, ascending. */
  readonly ratios: readonly number[];
  readonly medianRatio: number;
}

/** Compares slices pair by pair, and all of one side with all of the other. */
export function pairedCost(off: readonly Slice[], on: readonly Slice[]): PairedCost {
  const names = [...new Set([...off, ...on].flatMap(({ cpuMicros }) => [...cpuMicros.keys()]))].sort();
  const lines = names.map((name) => ({
    name,
    offMicros: perOrder(off, (slice) => slice.cpuMicros.get(name) ?? 0),
    onMicros: perOrder(on, (slice) => slice.cpuMicros.get(name) ?? 0),
  }));
  const ratios = off
    .flatMap((slice, index) => {
      const other = on[index];
      return other === undefined ? [] : [perOrder([other], cpuOf) / perOrder([slice], cpuOf)];
    })
    .sort((one, other) => one - other);
  return {
    lines,
    total: { name: 'total', offMicros: perOrder(off, cpuOf), onMicros: perOrder(on, cpuOf) },
    ratios,
    medianRatio: median(ratios),
  };
}

function cpuOf({ cpuMicros }: Slice): number {
  return [...cpuMicros.values()].reduce((sum, micros) => sum + micros, 0);
}

function perOrder(slices: readonly Slice[], cpu: (slice: Slice) => number): number {
  const orders = slices.reduce((sum, slice) => sum + slice.orders, 0);
  return slices.reduce((sum, slice) => sum + cpu(slice), 0) / orders;
}

/** Of ascending values. */
function median(values: readonly number[]): number {
  const middle = Math.floor(values.length / 2);
  const upper = values[middle] ?? Number.NaN;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? Number.NaN) + upper) / 2;
}
