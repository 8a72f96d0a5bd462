import { steeringCommand } from './steer-saga';

/** `clearway saga retry ID` */
export const sagaRetryCommand = steeringCommand({
  path: ['saga', 'retry'],
  summary: 'Let a waiting or parked saga try again at once',
  details: 'Attempts are counted from zero again. A saga that is not waiting is left as it is.',
  method: 'retrySaga',
});
