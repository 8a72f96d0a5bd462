import type { trading } from '@clearway/contracts';
import { scopeText } from '../line/kill-switch-scope';
import type { Colours } from '../output/colours';
import { momentText } from '../output/moments';
import { type Cell, type Column, painted, renderTable } from '../output/table';
import { actorText } from './saga.view';

const COLUMNS: readonly Column[] = [
  { title: 'STOPPED' },
  { title: 'ENGAGED (UTC)' },
  { title: 'BY' },
  { title: 'CANCELED', align: 'right' },
  { title: 'PROVEN (UTC)' },
  { title: 'RELEASE ASKED BY' },
  { title: 'NOTE' },
];

/** Engaged kill switches, one a line. */
export function killSwitchTable(switches: readonly trading.KillSwitch[], colours: Colours): string {
  return renderTable(COLUMNS, switches.map(rowOf), colours);
}

function rowOf(killSwitch: trading.KillSwitch): Cell[] {
  const isProven = killSwitch.provenAtMicros > 0;
  return [
    painted(scopeText(killSwitch.scope), 'red'),
    momentText(killSwitch.engagedAtMicros),
    actorText(killSwitch.engagedBy),
    killSwitch.canceledOrders,
    isProven ? momentText(killSwitch.provenAtMicros) : painted('not yet', 'yellow'),
    actorText(killSwitch.releaseRequestedBy),
    killSwitch.note,
  ];
}
