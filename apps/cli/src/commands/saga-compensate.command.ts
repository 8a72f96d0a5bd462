import { steeringCommand } from './steer-saga';

/** `clearway saga compensate ID` */
export const sagaCompensateCommand = steeringCommand({
  path: ['saga', 'compensate'],
  summary: 'Undo a saga that has not passed its pivot',
  details: 'Past its pivot a saga only goes forward, and this is refused with PAST_PIVOT.',
  method: 'compensateSaga',
});
