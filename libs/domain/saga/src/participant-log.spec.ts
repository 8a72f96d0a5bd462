import { reason } from '@clearway/kernel';
import { ParticipantLog, type StepKey, SUCCEEDED } from './participant-log';

const key = (sagaNumber: number, step: number, phase: StepKey['phase'] = 'action'): StepKey => ({
  originShard: 'trading/0',
  sagaNumber,
  step,
  phase,
});

describe('ParticipantLog', () => {
  it('answers a repeated step as it did the first time', () => {
    const log = new ParticipantLog();
    const refused = { status: 'refused', reasons: [reason('ORDER_RATE')] } as const;
    log.record(key(7, 1), refused);
    expect(log.lookup(key(7, 1))).toEqual({ known: 'answered', outcome: refused });
    expect(log.lookup(key(7, 2))).toEqual({ known: 'new' });
    expect(() => log.record(key(7, 1), SUCCEEDED)).toThrow('recorded twice');
  });

  it('refuses an action whose compensation overtook it', () => {
    const log = new ParticipantLog();
    log.record(key(7, 1, 'compensation'), SUCCEEDED);
    expect(log.lookup(key(7, 1))).toEqual({ known: 'compensated' });
    expect(log.lookup(key(7, 2))).toEqual({ known: 'new' });
  });

  it('forgets ended sagas and calls their late duplicates stale, without touching live ones', () => {
    const log = new ParticipantLog();
    for (const saga of [5, 6, 7]) log.record(key(saga, 1), SUCCEEDED);
    log.forgetBelow('trading/0', 7);
    log.forgetBelow('trading/0', 6);
    expect(log.lookup(key(6, 1))).toEqual({ known: 'stale' });
    expect(log.lookup(key(7, 1))).toEqual({ known: 'answered', outcome: SUCCEEDED });
    expect(log.size).toBe(1);
    expect(log.finishedBelow('trading/0')).toBe(7);
  });

  it('has one canonical snapshot whatever the order of recording, and restores it', () => {
    const forward = new ParticipantLog();
    const backward = new ParticipantLog();
    const keys = [key(1, 0), key(1, 1, 'compensation'), key(2, 0)];
    for (const each of keys) forward.record(each, SUCCEEDED);
    for (const each of keys.reverse()) backward.record(each, SUCCEEDED);
    expect(backward.snapshot()).toEqual(forward.snapshot());
    expect(ParticipantLog.restore(forward.snapshot()).snapshot()).toEqual(forward.snapshot());
  });
});
