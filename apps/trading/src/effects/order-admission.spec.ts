import { ANSWER_TARGET_MS, OrderAdmission, RATE_WINDOW_MS, UNANSWERED_MIN } from './order-admission';

function admission() {
  let nowMs = 0;
  const orders = new OrderAdmission(() => nowMs);
  const enter = (count: number): number => {
    let entered = 0;
    for (let index = 0; index < count; index += 1) {
      try {
        orders.enter();
        entered += 1;
      } catch (error) {
        expect(error).toMatchObject({
          reason: 'OVERLOADED',
          status: 'RESOURCE_EXHAUSTED',
          retryAfterMs: 200,
        });
      }
    }
    return entered;
  };
  const leave = (count: number): void => {
    for (let index = 0; index < count; index += 1) orders.left();
  };
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { orders, enter, leave, pass };
}

it('lets in a burst after a quiet time, and refuses what is beyond', () => {
  const { enter } = admission();
  expect(enter(UNANSWERED_MIN + 50)).toBe(UNANSWERED_MIN);
});

it('lets in again as many as were answered', () => {
  const { enter, leave } = admission();
  enter(UNANSWERED_MIN);
  leave(10);
  expect(enter(20)).toBe(10);
});

it('lets as many wait as are answered within the target at the rate that it sees', () => {
  const { orders, enter, leave, pass } = admission();
  const perWindow = 2_000;
  for (let window = 0; window < 40; window += 1) {
    enter(perWindow);
    pass(RATE_WINDOW_MS);
    leave(perWindow);
  }
  const ratePerMs = perWindow / RATE_WINDOW_MS;
  expect(orders.unansweredMax).toBeGreaterThan(0.95 * ratePerMs * ANSWER_TARGET_MS);
  expect(orders.unansweredMax).toBeLessThanOrEqual(ratePerMs * ANSWER_TARGET_MS);
});

it('comes back to its beginning when nothing is answered any more', () => {
  const { orders, enter, leave, pass } = admission();
  for (let window = 0; window < 40; window += 1) {
    enter(2_000);
    pass(RATE_WINDOW_MS);
    leave(2_000);
  }
  for (let window = 0; window < 40; window += 1) {
    pass(RATE_WINDOW_MS);
    enter(1);
  }
  expect(orders.unansweredMax).toBe(UNANSWERED_MIN);
});
