import { arrowsAround, arrowsOfCode, arrowsOfPolicies, isShutByDefault } from '../arrows';
import type { Rule } from './rule';

const NAMES = /^[\w-]+>kube-system\/kube-dns:53$/;

/**
 * Policies allow the arrows of the code and those around it, and no other. An arrow between pods of the namespace stands on
 * both sides; one to the outside on the side that is here.
 */
export const network: Rule = (manifests, overlay) => {
  const wanted = [...arrowsOfCode(), ...arrowsAround(overlay)];
  const allowed = arrowsOfPolicies(manifests);
  const out = allowed.out.filter((arrow) => !NAMES.test(arrow));
  const leavesHere = (arrow: string): boolean => !arrow.startsWith('[');
  const arrivesHere = (arrow: string): boolean => !/>(?:[\d.]+\/\d+|monitoring\/tempo):/.test(arrow);
  return [
    ...(isShutByDefault(manifests) ? [] : ['nothing is shut by default']),
    ...wanted
      .filter((arrow) => leavesHere(arrow) && !out.includes(arrow))
      .map((arrow) => `${arrow} can not leave`),
    ...wanted
      .filter((arrow) => arrivesHere(arrow) && !allowed.in.includes(arrow))
      .map((arrow) => `${arrow} can not arrive`),
    ...out.filter((arrow) => !wanted.includes(arrow)).map((arrow) => `${arrow} may leave without a reason`),
    ...allowed.in
      .filter((arrow) => !wanted.includes(arrow))
      .map((arrow) => `${arrow} may arrive without a reason`),
  ];
};
