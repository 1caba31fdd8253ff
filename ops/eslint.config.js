import tseslint from 'typescript-eslint';

/** Words that say nothing of what a thing does. */
const EMPTY_NAMES = '/(Manager|Handler|Helper|Util|Utils|Impl)$/';

/** Every way to declare something with a name. */
const DECLARATIONS =
  ':matches(FunctionDeclaration, ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration, VariableDeclarator)';

const FUNCTIONS = ':matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression)';

/** Rules that read the page only, for TypeScript and JavaScript alike. */
const page = {
  'no-else-return': ['error', { allowElseIf: false }],
  'no-lonely-if': 'error',
  'no-implicit-coercion': ['error', { allow: ['!!'] }],
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-constant-binary-expression': 'error',
  'no-self-compare': 'error',
  'no-unreachable-loop': 'error',
  'no-template-curly-in-string': 'error',
  'no-fallthrough': 'error',
  'no-useless-concat': 'error',
  'no-useless-escape': 'error',
  'no-empty': ['error', { allowEmptyCatch: false }],
  'no-sequences': 'error',
  'no-alert': 'error',
  'no-eval': 'error',
  'no-script-url': 'error',
  'no-param-reassign': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-object-spread': 'error',
  eqeqeq: 'error',
};

/** Rules that know the types. */
const types = {
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // Taking turns among n needs list[i % n]; after a length check the assertion says less than a guard.
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unnecessary-condition': [
    'error',
    { allowConstantLoopConditions: 'only-allowed-literals' },
  ],
  '@typescript-eslint/no-floating-promises': [
    'error',
    {
      // The runner waits for its tests by itself.
      allowForKnownSafeCalls: [
        { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
      ],
    },
  ],
  '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
  // A function that keeps a promise-shaped interface may have nothing to wait for.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
  '@typescript-eslint/prefer-optional-chain': 'error',
};

const TIME_AND_CHANCE =
  "Time and chance are arguments: take a Clock or Dice; clock.ts alone reads the machine's.";

const houseRules = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  {
    selector: `${DECLARATIONS} > Identifier.id[name=${EMPTY_NAMES}]`,
    message: 'The name says nothing: call it after what it does.',
  },
  {
    selector: `${FUNCTIONS} > Identifier.params[typeAnnotation.typeAnnotation.type="TSBooleanKeyword"]`,
    message: 'No boolean parameters: two functions, or a named option.',
  },
  {
    selector: 'CallExpression[callee.property.name="redirect"][callee.object.name=/^res/]',
    message: 'Express rewrites targets: a Location is written by dispatch alone.',
  },
];

const timeAndChanceSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: TIME_AND_CHANCE },
];

const exit = { object: 'process', property: 'exit', message: 'process.exit is in main.ts alone.' };

const timeAndChance = [
  { object: 'Date', property: 'now', message: TIME_AND_CHANCE },
  { object: 'performance', property: 'now', message: TIME_AND_CHANCE },
  { object: 'Math', property: 'random', message: TIME_AND_CHANCE },
];

const NODE_GLOBALS = ['process', 'console', 'URL', 'Buffer', 'setTimeout', 'clearTimeout', 'fetch'];
const BROWSER_GLOBALS = [
  ...['window', 'document', 'location', 'navigator', 'history', 'localStorage', 'sessionStorage', 'console'],
  ...['fetch', 'URL', 'URLSearchParams', 'Intl', 'EventSource', 'AbortController', 'AbortSignal'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'requestAnimationFrame', 'performance'],
  ...['CSS', 'Event', 'CustomEvent', 'HTMLElement', 'ResizeObserver', 'matchMedia', 'Image', 'crypto'],
];
const globals = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default tseslint.config(
  { ignores: ['dist/', 'state/', 'node_modules/', 'test/artefacts/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: { ...page, ...types, 'max-params': 'off', '@typescript-eslint/max-params': ['error', { max: 3 }] },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...houseRules, ...timeAndChanceSyntax],
      'no-restricted-properties': ['error', ...timeAndChance, exit],
    },
  },
  {
    files: ['src/clock.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...houseRules],
      'no-restricted-properties': ['error', exit],
    },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-properties': ['error', ...timeAndChance] } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-script-url': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals(NODE_GLOBALS) },
    rules: { ...page, 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: globals(['module', 'require']) },
  },
  { files: ['public/**/*.js'], languageOptions: { globals: globals(BROWSER_GLOBALS) } },
);
