// Which folder may know which: the layer table of docs/architecture.md, and the one folder in which a library is used.

const layers = {
  core: [],
  schema: ['core'],
  render: ['core'],
  transport: ['core'],
  report: ['core'],
  load: ['core', 'schema'],
  installer: ['core'],
  modules: ['core', 'schema', 'installer'],
  lab: ['core', 'transport'],
  engine: ['core', 'schema', 'render', 'transport', 'load', 'installer', 'modules'],
  cli: ['core', 'schema', 'render', 'transport', 'report', 'load', 'installer', 'modules', 'lab', 'engine'],
};

/** What to do instead of reaching across. */
const instead = {
  core: 'core is the vocabulary and imports nothing of ours: move what you need into core, or the code out of it',
  schema: 'schema is given modules as a list by its caller',
  render: 'render is given a Scope (render/scope.ts) by its caller; it knows no inventory',
  transport: 'transport performs effects of core/plan.ts; what to perform is decided above it',
  report: 'report subscribes to events of core/event.ts; put what it lacks into the event',
  load: 'load is given the modules as a list; expressions are evaluated later, by the engine',
  installer: 'installer knows texts (logs, seeds), not modules; a module calls it',
  modules: 'a module gets what it needs as arguments and through Look; rendering and performing are the engine’s',
  lab: 'lab is a tool beside the engine: start provision as a command instead of importing it',
  engine: 'the engine emits events; whoever shows them subscribes (cli brings both together)',
  cli: '',
};

/** Libraries, the one folder that uses each, and what the others use instead. */
const vendors = [
  ['ajv|typebox', 'schema', 'src/schema/schema.ts (to define) and src/schema/check.ts (to check)'],
  ['ejs|acorn', 'render', 'src/render/expression.ts and src/render/template.ts'],
  ['ssh2|undici', 'transport', 'src/transport/connect.ts, or Look and Remote of src/core/plan.ts'],
  ['age-encryption', 'load', 'src/load/secret-box.ts'],
  ['listr2|diff', 'report', 'events: src/core/event.ts'],
];

const all = Object.keys(layers);

const layerRules = all
  .map((layer) => [layer, all.filter((other) => other !== layer && !layers[layer].includes(other))])
  .filter(([, forbidden]) => forbidden.length > 0)
  .map(([layer, forbidden]) => ({
    name: `layer-${layer}`,
    comment: instead[layer],
    severity: 'error',
    from: { path: `^src/${layer}/` },
    to: { path: `^src/(${forbidden.join('|')}|index\\.ts|build\\.mjs|bootstrap\\.mjs)` },
  }));

const vendorRules = vendors.map(([names, folder, use]) => ({
  name: `vendor-only-in-${folder}`,
  comment: `use ${use} instead: the library can then be changed in one place`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${folder}/` },
  to: { path: `(^|node_modules/)(${names})(/|$)` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...vendorRules,
    {
      name: 'module-families-apart',
      comment: 'what two families share belongs beside them in src/modules, or in core or installer',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/[^/]+/', pathNot: '^src/modules/$1/' },
    },
    {
      name: 'modules-do-not-know-the-registry',
      comment: 'the registry imports the modules; a module that needs another is two steps of a playbook',
      severity: 'error',
      from: { path: '^src/modules/[^/]+/' },
      to: { path: '^src/modules/registry\\.ts$' },
    },
    {
      name: 'bench-measures-from-outside',
      comment: 'start provision as a command, as users do; only what makes namespaces in src/lab is shared',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^src/(?!lab/)' },
    },
    {
      name: 'nothing-needs-the-bench',
      comment: 'it is not published',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^bench/' },
    },
    {
      name: 'no-circle',
      comment: 'move what both need into a third file (types alone may go round)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-dependency',
      comment: 'what runs at the user’s must be under `dependencies` of package.json',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/build\\.mjs$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
