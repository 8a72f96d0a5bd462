import { tradingMachine } from '@clearway/domain-trading';
import { runSnapshotWorker } from '@clearway/platform-service';
import { tradingEventCodec } from './codec/trading-event.codec';

runSnapshotWorker(tradingMachine, tradingEventCodec);
