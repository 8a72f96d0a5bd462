export { type OwnStack, startOwnStack } from './own-stack';
export {
  operatorTls,
  participantTls,
  readStackFile,
  runningStackFile,
  type StackDescription,
} from './stack-description';
