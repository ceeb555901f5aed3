import { args, fileMode, hostPath, type ModuleSchema, oneOf, Type } from '../../../src/schema/schema.ts';

const disk = args({ size: Type.String({ pattern: '^\\d+[MGT]$', description: 'a size such as 100G' }) });

/** Modules with every kind of argument, so that these tests do not depend on the real ones. */
export const sampleModules: readonly ModuleSchema[] = [
  {
    name: 'libvirt.domain',
    args: args({
      name: Type.String(),
      memory: Type.Optional(Type.Integer({ minimum: 1, description: 'memory in MiB' })),
      vcpus: Type.Optional(Type.Integer({ minimum: 1 })),
      autostart: Type.Optional(Type.Boolean()),
      state: oneOf(['running', 'stopped'], { default: 'running', description: 'what it should do' }),
      password: Type.Optional(Type.String({ secret: true, pattern: '^\\S+$', description: 'a text without blanks' })),
      disks: Type.Optional(Type.Array(disk)),
    }),
  },
  { name: 'libvirt.guest', args: args({ name: Type.String() }) },
  {
    name: 'file.content',
    args: args({ path: hostPath('the file'), mode: Type.Optional(fileMode()), content: Type.Optional(Type.String()) }),
  },
  { name: 'file.template', args: args({ path: hostPath('the file') }) },
  {
    name: 'shell.command',
    args: args({
      command: Type.Union([Type.String(), Type.Array(Type.String())], { description: 'the command, as text or words' }),
    }),
  },
];
