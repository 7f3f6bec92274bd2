import { MultiSelect } from '@grafana/ui';
import { FlushField } from './flush-field.tsx';

type Props = {
  id: string;
  label: string;
  hosts: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

/** Some of the hosts. In 12.3 the newer MultiCombobox has no name for a screen reader. */
export function HostsField({ id, label, hosts, chosen, onChange }: Props) {
  return (
    <FlushField label={label}>
      {/* eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is not ready in 12.3 */}
      <MultiSelect
        inputId={id}
        aria-label={label}
        options={hosts.map((name) => ({ label: name, value: name }))}
        value={[...chosen]}
        onChange={(now) => {
          onChange(now.flatMap(({ value }) => value ?? []));
        }}
      />
    </FlushField>
  );
}
