"""A mel-conditioned generator of the NSF-HiFiGAN family, at the training material's rate.

Upsampling by transposed convolutions with residual blocks after each (HiFi-GAN, Kong et al. 2020, arXiv
2010.05646, "resblock 1"); at every stage the sound of a harmonic-plus-noise source (Wang et al. 2019, arXiv
1904.12088) is joined in, as in the singing vocoders called NSF-HiFiGAN.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, prod

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from singer.bands import hz_to_mel, mel_to_hz
from singer.features import ROWS_PER_FRAME
from singer.training.prepare import TRAINING_HOP, TRAINING_RATE_HZ

MEL_BANDS = 80
MEL_FFT = 1024
MEL_FLOOR = 1e-5
MEL_MEAN, MEL_SCALE = -6.0, 2.7
"""Of the training material."""

HARMONICS = 9
SINE_AMPLITUDE = 1.0
NOISE_AMPLITUDE = SINE_AMPLITUDE / 3
"""Ten times the family's usual amplitudes, in the same proportion: it learns from them sooner."""

SLOPE = 0.1
LEAKY_GAIN = 2.0**0.5
SMALL_GAIN = 0.3
OUTPUT_GAIN = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of the network.

    Attributes:
        channels: before the first upsampling; every stage halves them.
        rates: upsampling of the stages; their product is the hop.
        kernels: one residual block of each after every stage.
        dilations: inside a residual block.
    """

    channels: int = 256
    rates: tuple[int, ...] = (6, 5, 4, 2)
    kernels: tuple[int, ...] = (3, 7)
    dilations: tuple[int, ...] = (1, 3, 5)


class LogMel(nn.Module):
    """Log-mel spectrogram whose frame ``i`` is centred on the middle of hop ``i``, as HiFi-GAN has it."""

    window: Tensor
    triangles: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(MEL_FFT), persistent=False)
        self.register_buffer("triangles", torch.from_numpy(mel_triangles()), persistent=False)

    def forward(self, audio: Tensor) -> Tensor:
        """Natural log of mel amplitudes of float32 [B, T hop]: float32 [B, 80, T]."""
        around = (MEL_FFT - TRAINING_HOP) // 2
        padded = functional.pad(audio.unsqueeze(1), (around, around), mode="reflect").squeeze(1)
        spectrum = torch.stft(
            padded, MEL_FFT, TRAINING_HOP, window=self.window, center=False, return_complex=True
        )
        magnitude = torch.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-9)
        return torch.log((self.triangles @ magnitude).clamp_min(MEL_FLOOR))


def mel_triangles() -> NDArray[np.float32]:
    """Triangles of area 1 Hz, evenly spaced in mel up to the Nyquist frequency: float32 [80, 513]."""
    top_mel = float(hz_to_mel(np.array(TRAINING_RATE_HZ / 2.0)))
    edges_hz = mel_to_hz(np.linspace(0.0, top_mel, MEL_BANDS + 2))[:, None]
    bins_hz = np.fft.rfftfreq(MEL_FFT, 1 / TRAINING_RATE_HZ)[None]
    rising = (bins_hz - edges_hz[:-2]) / (edges_hz[1:-1] - edges_hz[:-2])
    falling = (edges_hz[2:] - bins_hz) / (edges_hz[2:] - edges_hz[1:-1])
    area = 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return np.asarray(np.maximum(np.minimum(rising, falling), 0.0) * area, np.float32)


class HarmonicSource(nn.Module):
    """Fundamental and eight overtones, merged to one channel by a learned sum, beside a channel of noise."""

    orders: Tensor

    def __init__(self) -> None:
        super().__init__()
        orders = torch.arange(1, HARMONICS + 1, dtype=torch.float32)
        self.register_buffer("orders", orders, persistent=False)
        self.merge = nn.Linear(HARMONICS, 1)

    def forward(self, log_f0: Tensor) -> Tensor:
        """Source of T frames.

        Args:
            log_f0: float32 [B, 2T], natural log of Hz.

        Returns:
            float32 [B, 2, T hop]; row ``r`` of the pitch lies at sample ``r hop / 2``.
        """
        merged = torch.tanh(self.merge(self.sines(log_f0))).transpose(1, 2)
        return torch.cat((merged, NOISE_AMPLITUDE * torch.randn_like(merged)), dim=1)

    def sines(self, log_f0: Tensor) -> Tensor:
        """The sines alone, silent above the Nyquist frequency: [B, 2T] to [B, T hop, 9]."""
        step = TRAINING_HOP // ROWS_PER_FRAME
        held = torch.cat((log_f0, log_f0[:, -1:]), dim=1).unsqueeze(1)
        samples = log_f0.shape[1] * step
        smooth = functional.interpolate(held, size=samples + 1, mode="linear", align_corners=True)
        turns = torch.exp(smooth[:, 0, :-1].double()) / TRAINING_RATE_HZ
        start = torch.rand(len(log_f0), 1, dtype=torch.float64, device=log_f0.device)
        phase = ((start + turns.cumsum(dim=1)) % 1.0).float().unsqueeze(-1) * self.orders
        heard = turns.float().unsqueeze(-1) * self.orders < 0.5
        return SINE_AMPLITUDE * torch.sin(2.0 * pi * phase) * heard


class ResidualBlock(nn.Module):
    """HiFi-GAN's first kind of residual block."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.wide = nn.ModuleList(_convolution(channels, channels, kernel, d) for d in dilations)
        self.plain = nn.ModuleList(
            _convolution(channels, channels, kernel, gain=SMALL_GAIN) for _ in dilations
        )

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, N] to the same shape."""
        for wide, plain in zip(self.wide, self.plain, strict=True):
            inner = plain(functional.leaky_relu(wide(functional.leaky_relu(x, SLOPE)), SLOPE))
            x = x + inner
        return x


class Stage(nn.Module):
    """One upsampling with its share of the source and its residual blocks."""

    def __init__(self, channels: int, rate: int, left: int, shape: Shape) -> None:
        super().__init__()
        kernel = 2 * rate + rate % 2
        rise = nn.ConvTranspose1d(channels, channels // 2, kernel, rate, padding=(kernel - rate) // 2)
        self.rise = _scaled(rise, LEAKY_GAIN / (channels * kernel / rate) ** 0.5)
        size = 2 * left if left > 1 else 1
        self.join = nn.Conv1d(2, channels // 2, size, left, padding=(size - left) // 2)
        self.blocks = nn.ModuleList(
            ResidualBlock(channels // 2, kernel, shape.dilations) for kernel in shape.kernels
        )

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        """[B, C, N] to [B, C / 2, rate N]; ``source`` is [B, 2, samples]."""
        x = self.rise(functional.leaky_relu(x, SLOPE)) + self.join(source)
        total: Tensor = sum((block(x) for block in self.blocks), torch.zeros(()))
        return total / len(self.blocks)


class Generator(nn.Module):
    """Log-mel and pitch in, sound out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        if prod(shape.rates) != TRAINING_HOP:
            raise ValueError(f"rates {shape.rates} must multiply to the hop of {TRAINING_HOP} samples")
        self.shape = shape
        self.source = HarmonicSource()
        self.input = _convolution(MEL_BANDS, shape.channels, 7, gain=1.0)
        self.stages = nn.ModuleList(
            Stage(shape.channels >> number, rate, prod(shape.rates[number + 1 :]), shape)
            for number, rate in enumerate(shape.rates)
        )
        self.output = _convolution(shape.channels >> len(shape.rates), 1, 7, gain=OUTPUT_GAIN)

    def forward(self, mel: Tensor, log_f0: Tensor) -> Tensor:
        """Sound of T frames.

        Args:
            mel: float32 [B, 80, T], of ``LogMel``.
            log_f0: float32 [B, 2T], natural log of Hz.

        Returns:
            float32 [B, T hop], from -1 to 1.
        """
        source = self.source(log_f0)
        x = self.input((mel - MEL_MEAN) / MEL_SCALE)
        for stage in self.stages:
            x = stage(x, source)
        audio: Tensor = torch.tanh(self.output(functional.leaky_relu(x, SLOPE))).squeeze(1)
        return audio


def _convolution(
    inputs: int, outputs: int, kernel: int, dilation: int = 1, gain: float = LEAKY_GAIN
) -> nn.Module:
    """A convolution as long as its input."""
    convolution = nn.Conv1d(inputs, outputs, kernel, padding=dilation * (kernel // 2), dilation=dilation)
    return _scaled(convolution, gain / (inputs * kernel) ** 0.5)


def _scaled(convolution: nn.Conv1d | nn.ConvTranspose1d, deviation: float) -> nn.Module:
    """The convolution with weight normalisation, normal weights of that deviation and no bias: with these the
    mel is heard through all stages from the first step on (as in He et al. 2015, arXiv 1502.01852).
    """
    nn.init.normal_(convolution.weight, std=deviation)
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)
    normal: nn.Module = weight_norm(convolution)
    return normal


def parameters(network: nn.Module) -> int:
    """Number of learned values."""
    return sum(weight.numel() for weight in network.parameters())
