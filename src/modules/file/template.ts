import { args, templateFile } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { planWholeFile, readWholeFile, wholeFileArgs, wholeFileThings } from './whole-file.ts';

export const fileTemplate = defineModule({
  name: 'file.template',
  description: 'A file whose content is a rendered template.',
  args: args({
    template: templateFile('the template under templates/; values are escaped for what the file is'),
    ...wholeFileArgs,
  }),
  examples: ['template: dhcpd.conf.ejs\npath: /etc/dhcp/dhcpd.conf\nmode: "0644"\nvalidate: dhcpd -t -cf %s'],

  read: ({ template, ...file }, look) => readWholeFile({ content: template, ...file }, look),
  plan: ({ template, ...file }, entry) => planWholeFile({ content: template, ...file }, entry),
  things: wholeFileThings,
});
