import { PluginPage } from '@grafana/runtime';
import { Stack } from '@grafana/ui';
import { useNavigate, useParams } from 'react-router-dom';
import { RecommendationCard } from '../advice/recommendation-card.tsx';
import { WhatIf } from '../advice/what-if.tsx';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { Loaded } from '../components/loaded.tsx';
import { useNow } from '../components/use-now.ts';
import { useRecommendations } from '../data/advice.ts';
import { appPath } from '../plugin-id.ts';

export default function RecommendationsPage() {
  const { id } = useParams();
  const navigate = useNavigate();
  const now = useNow();
  const recommendations = useRecommendations();
  return (
    <PluginPage pageNav={{ text: 'Recommendations' }} actions={<ConnectionBadge />}>
      <Stack direction="column" gap={2}>
        <Loaded
          query={recommendations}
          what="the recommendations"
          height={300}
          empty={({ items }) =>
            items.length === 0
              ? {
                  message: 'Nothing is advised',
                  advice:
                    'The fleet is on an even keel, or its data is not good enough to act on: Findings tells which.',
                }
              : null
          }
        >
          {({ items }) =>
            items.map((recommendation) => (
              <RecommendationCard
                key={recommendation.id}
                recommendation={recommendation}
                now={now}
                open={recommendation.id === id}
                onToggle={(open) => {
                  navigate(
                    `${appPath}/recommendations${open ? `/${encodeURIComponent(recommendation.id)}` : ''}`,
                    { replace: true },
                  );
                }}
              />
            ))
          }
        </Loaded>
        <WhatIf />
      </Stack>
    </PluginPage>
  );
}
