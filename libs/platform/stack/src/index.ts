export { type OwnStack, startOwnStack } from './own-stack';
export { type Usage, usageOf } from './process-usage';
export {
  operatorTls,
  participantTls,
  readStackFile,
  runningStackFile,
  type StackDescription,
} from './stack-description';
