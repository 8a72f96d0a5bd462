#!/usr/bin/env node

/**
 * Starts the compiled program, after building it in a fresh checkout. It stands in the repository, not in dist, because npm
 * links a workspace's `bin` while it installs, before anything is built.
 */
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');

const NODE_MAJOR_MIN = 24;
const CHECKOUT_DIR = path.resolve(__dirname, '..', '..', '..');
const PROGRAM = path.resolve(__dirname, '..', 'dist', 'main.js');
const BUNDLED_NODE = path.join(CHECKOUT_DIR, 'node_modules', '.bin', 'node');
const TSC = path.join(CHECKOUT_DIR, 'node_modules', '.bin', 'tsc');

/** Runs a command to its end and gives its exit status. */
function run(command, args, stdio) {
  const { status, error } = spawnSync(command, args, { stdio, cwd: process.cwd() });
  if (error) process.stderr.write(`clearway: ${command} could not be started: ${error.message}\n`);
  return status ?? 1;
}

/** Builds the program and what it imports; what the compiler says goes to stderr, so that stdout stays clean. */
function build() {
  process.stderr.write('clearway: building it first (once)\n');
  return run(TSC, ['-b', path.join(CHECKOUT_DIR, 'apps', 'cli')], ['ignore', 2, 2]);
}

function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR_MIN && existsSync(BUNDLED_NODE))
    return run(BUNDLED_NODE, [__filename, ...process.argv.slice(2)], 'inherit');
  if (!existsSync(PROGRAM)) {
    const status = build();
    if (status !== 0) return status;
  }
  require(PROGRAM);
  return undefined;
}

const status = main();
if (status !== undefined) process.exitCode = status;
