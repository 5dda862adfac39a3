"""What citizens and programs see. Nothing here may call home: the switches are set before Gradio is imported."""

import os

os.environ.update(
    GRADIO_ANALYTICS_ENABLED="False",
    GRADIO_RUN_HISTORY="False",
    GRADIO_MCP_SERVER="False",
    GRADIO_SSR_MODE="False",
    GRADIO_SHARE="False",
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    TOKENIZERS_PARALLELISM="false",
)
