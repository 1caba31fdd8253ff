// The floors of the house: imports go downwards only, never sideways into another room of the same floor.
// Lowest floor first; a room is a folder of src, or one of the few files that lie beside them.
const FLOORS = [
  ['model'],
  ['journal', 'unit', 'errors', 'node-http', 'node-crypto', 'once', 'heap', 'open-files'],
  ['wire'],
  ['checks', 'loads', 'policies', 'deliveries', 'verdicts', 'stores'],
  ['receipts', 'geography'],
  ['config'],
  ['dispatch', 'monitor', 'relay', 'worker', 'dashboard', 'report', 'mergelogs', 'doctor', 'demo', 'notices'],
  // A door puts dispatch, or the dashboard, on a port; a replay puts the visitors of a log through a config.
  ['doors', 'replay'],
];

/** The folders that may import from everywhere; so may the files beside them, `main.ts`, `app.ts` and their like. */
const TOP = ['cli', 'primary'];

/** Rooms of pure decisions: time, chance and the network are handed to them. */
const PURE = ['model', 'verdicts', 'policies', 'deliveries'];

const rooms = (names) => `^src/(${names.join('|')})(/|[.]ts$)`;

const everyRoom = rooms([...FLOORS.flat(), ...TOP]);
const someFolder = '^src/[^/]+/';

const upwards = FLOORS.map((floor, level) => ({
  name: `only-downwards-from-${floor[0]}`,
  comment: `${floor.join(', ')} may import only what lies on a floor below`,
  severity: 'error',
  from: { path: rooms(floor) },
  to: { path: '^src/', pathNot: rooms([...FLOORS.slice(0, level).flat(), ...floor]) },
}));

const sideways = FLOORS.flat()
  .map((room) => ({
    name: `not-sideways-from-${room}`,
    comment: `${room} may not import from its neighbours on the same floor`,
    severity: 'error',
    from: { path: rooms([room]) },
    to: {
      path: rooms(FLOORS.find((floor) => floor.includes(room)).filter((neighbour) => neighbour !== room)),
    },
  }))
  .filter(({ to }) => to.path !== rooms([]));

module.exports = {
  forbidden: [
    ...upwards,
    ...sideways,
    {
      name: 'every-room-has-a-floor',
      comment: 'a new folder of src is given its floor in ops/floors.cjs, and in src/README.md',
      severity: 'error',
      from: { path: someFolder, pathNot: everyRoom },
      to: {},
    },
    {
      name: 'only-rooms-with-a-floor-are-imported',
      comment: 'a new folder of src is given its floor in ops/floors.cjs, and in CONTRIBUTING.md',
      severity: 'error',
      from: { pathNot: [someFolder] },
      to: { path: someFolder, pathNot: everyRoom },
    },
    {
      name: 'pure-rooms-import-no-node-and-no-package',
      comment: 'decisions are pure: time, chance and the network are arguments',
      severity: 'error',
      from: { path: rooms(PURE) },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-entry',
      comment: 'main.ts is run, not imported',
      severity: 'error',
      from: { pathNot: '^src/usher[.]js$' },
      to: { path: '^src/main[.]ts$' },
    },
    {
      name: 'app-knows-no-command',
      comment: 'commands call the app, not the other way round',
      severity: 'error',
      from: { path: ['^src/(app|index)[.]ts$', '^src/primary/'] },
      to: { path: '^src/cli/' },
    },
    {
      name: 'program-knows-no-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|ops)/' },
    },
    {
      name: 'program-needs-no-development-package',
      comment: 'whoever installs Usher gets only its dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'everything-resolves',
      comment: 'the launcher names what is only there once built',
      severity: 'error',
      from: { pathNot: '^src/usher[.]js$' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
