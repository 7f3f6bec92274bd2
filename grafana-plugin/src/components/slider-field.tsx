import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { FlushField } from './flush-field.tsx';

type Props = {
  id: string;
  label: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
};

/** The browser's own slider: that of Grafana 11.6 cannot be given a name. */
export function SliderField({ id, label, min, max, value, onChange }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <FlushField label={label}>
      <input
        id={id}
        className={styles.slider}
        type="range"
        min={min}
        max={max}
        value={value}
        onChange={(event) => {
          onChange(event.currentTarget.valueAsNumber);
        }}
      />
    </FlushField>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  slider: css({ width: '100%', accentColor: theme.colors.primary.main, cursor: 'pointer' }),
});
