import { StepClock } from './clock-faults';
import type { Fault } from './fault';
import { WireFault } from './network-faults';
import { FillDisk, KillPostgres, RestartPostgres } from './postgres-faults';
import { KillService, KillSeveral, StopService, TerminateService } from './process-faults';

/** Every kind of fault. A run has each at least once if it is long enough, in an order that the seed gives. */
export const FAULTS: readonly Fault[] = [
  new KillService(),
  new KillSeveral(),
  new TerminateService(),
  new StopService(),
  new RestartPostgres(),
  new KillPostgres(),
  new FillDisk(),
  new StepClock(),
  new WireFault('service', 'cut'),
  new WireFault('service', 'dropped'),
  new WireFault('service', 'delayed'),
  new WireFault('service', 'held'),
  new WireFault('service', 'black-holed'),
  new WireFault('Postgres', 'cut'),
  new WireFault('Postgres', 'delayed'),
  new WireFault('Postgres', 'black-holed'),
  new WireFault('client', 'cut'),
  new WireFault('client', 'black-holed'),
];
