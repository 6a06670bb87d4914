"""The acoustic model: phones in time and pitch in, pitch-free features out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from singer.bands import APERIODICITY_BANDS, ENVELOPE_BANDS
from singer.controls import STYLE_COLOURS
from singer.features import ROWS_PER_FRAME
from singer.phone_track import POSITION_FEATURES
from singer.training.layers import ResidualStack
from singer.training.vocoder_network import ENVELOPE_MEAN, ENVELOPE_SCALE, LOG_F0_MEAN

ROLE_ROWS = 5
LANGUAGE_ROWS = 5
LOWEST_LOG_F0 = 4.5
STYLE_GAIN = 8.0
"""Takes differ little in style; with small numbers for it its weights would learn far more slowly than all others."""
HIGHEST_LOG_F0 = 5.95
"""The teacher sings from about 90 to 380 Hz; beyond, the model keeps the timbre of the nearest pitch that it was taught."""


@dataclass(frozen=True)
class AcousticShape:
    """Architecture: sizes of the acoustic model."""

    phones: int
    timbres: int
    hidden: int = 192
    channels: int = 256
    timbre_size: int = 16
    encoder_dilations: tuple[int, ...] = (1, 1, 2, 2)
    decoder_dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 1, 2, 1, 1, 1)
    dropout: float = 0.1


class Encoder(nn.Module):
    """Phones to hidden vectors, each seeing its neighbours."""

    def __init__(self, shape: AcousticShape) -> None:
        super().__init__()
        self.phone = nn.Embedding(shape.phones, shape.hidden)
        self.role = nn.Embedding(ROLE_ROWS, shape.hidden)
        self.language = nn.Embedding(LANGUAGE_ROWS, shape.hidden)
        self.length = nn.Linear(1, shape.hidden)
        self.stack = ResidualStack(shape.hidden, 3, shape.encoder_dilations, shape.dropout)

    def forward(
        self, phone: Tensor, role: Tensor, language: Tensor, frames: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        """Hidden vectors float32 [B, P, H] of int64 [B, P] phone, role and language rows and lengths in frames."""
        length = torch.log1p(frames.clamp(max=40).float()).unsqueeze(-1) - 2.0
        x = self.phone(phone) + self.role(role) + self.language(language) + self.length(length)
        return self.stack(x.transpose(1, 2), mask).transpose(1, 2)


class Decoder(nn.Module):
    """Hidden vectors spread over frames, pitch, style and timbre to features."""

    def __init__(self, shape: AcousticShape) -> None:
        super().__init__()
        self.input = nn.Linear(shape.hidden + POSITION_FEATURES + 2, shape.channels)
        self.timbre = nn.Linear(shape.timbre_size, shape.channels)
        self.style = nn.Linear(len(STYLE_COLOURS), shape.channels, bias=False)
        self.stack = ResidualStack(shape.channels, 3, shape.decoder_dilations, shape.dropout)
        self.norm = nn.LayerNorm(shape.channels)
        self.output = nn.Linear(shape.channels, ROWS_PER_FRAME * (ENVELOPE_BANDS + APERIODICITY_BANDS))
        self.reach_frames = self.stack.reach_frames

    def forward(
        self,
        hidden: Tensor,
        position: Tensor,
        log_f0: Tensor,
        style: Tensor,
        timbre: Tensor,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Features of T frames.

        Args:
            hidden: float32 [B, T, H], each frame its phone's vector.
            position: float32 [B, T, 3], see ``singer.phone_track.positions``.
            log_f0: float32 [B, T], natural log of Hz.
            style: float32 [B, T, 2], ``STYLE_COLOURS``: 0 is the mean of the material, see ``singer.training.take_styles``.
            timbre: float32 [B, K].
            mask: float32 [B, 1, T], 0 in padding.

        Returns:
            Envelope float32 [B, 2T, 96] and aperiodicity float32 [B, 2T, 12].
        """
        pitch = (log_f0.clamp(LOWEST_LOG_F0, HIGHEST_LOG_F0) - LOG_F0_MEAN).unsqueeze(-1)
        x = torch.cat((hidden, position, pitch, pitch * pitch), dim=-1)
        x = self.input(x) + self.style(STYLE_GAIN * style) + self.timbre(timbre).unsqueeze(1)
        y = self.stack(x.transpose(1, 2), mask).transpose(1, 2)
        raw = self.output(self.norm(y))
        rows = raw.reshape(raw.shape[0], -1, raw.shape[2] // ROWS_PER_FRAME)
        envelope, logit = rows.split((ENVELOPE_BANDS, APERIODICITY_BANDS), dim=-1)
        return ENVELOPE_MEAN + ENVELOPE_SCALE * envelope, torch.sigmoid(logit)


class AcousticNetwork(nn.Module):
    """Encoder, expansion by known lengths, decoder, and the table of timbres that it was taught."""

    def __init__(self, shape: AcousticShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.timbres = nn.Embedding(shape.timbres, shape.timbre_size)
        nn.init.normal_(self.timbres.weight, std=0.3)

    def forward(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Features of a padded batch; keys as in ``singer.training.acoustic_data``."""
        hidden = self.encoder(
            batch["phone"], batch["role"], batch["language"], batch["frames"], batch["phone_mask"]
        )
        index = batch["owner"].unsqueeze(-1).expand(-1, -1, hidden.shape[-1])
        spread = hidden.gather(1, index)
        timbre = self.timbres(batch["timbre"])
        features: tuple[Tensor, Tensor] = self.decoder(
            spread, batch["position"], batch["log_f0"], batch["style"], timbre, batch["frame_mask"]
        )
        return features
