import { Button, type ButtonProps } from '@grafana/ui';

type Props = ButtonProps & {
  /** Why it cannot be pressed now; null when it can. The button stays where it is and says so. */
  blockedBy: string | null;
};

/** A button that a user may not press is explained, neither hidden nor broken. */
export function ActionButton({ blockedBy, ...rest }: Props) {
  if (blockedBy === null) return <Button {...rest} />;
  // With a tooltip Grafana's disabled button can still be reached by keyboard, so that the reason can be read.
  return <Button {...rest} disabled tooltip={blockedBy} aria-description={blockedBy} />;
}
