/** The oldest Node that runs this: older ones lack what keys, certificates and streams here are made with. */
export const NODE_MAJOR_MIN = 24;

/** What is wrong with a version of Node as `process.versions.node` has it, in one line that says what to do; undefined when it will do. */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= NODE_MAJOR_MIN) return undefined;
  return (
    `this is Node ${version}, and Clearway needs Node ${NODE_MAJOR_MIN}: run it through npm (npm start, npm run …, npx clearway), ` +
    'which brings the right one, or with node_modules/.bin/node'
  );
}
